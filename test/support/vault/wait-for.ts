const pollMs = 50;
const patienceMs = 60_000;

/** Asks again and again until the condition holds. @throws Error after a minute, or whatever the condition throws */
export async function waitFor(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, pollMs));
  }
}
