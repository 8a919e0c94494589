const pollMs = 50;
const patienceMs = 60_000;

export interface Patience {
  readonly patienceMs?: number;
  /** Between two looks. */
  readonly pollMs?: number;
}

/** Asks again and again until the condition holds. @throws Error after a minute, or whatever the condition throws */
export async function waitFor(
  what: string,
  condition: () => Promise<boolean> | boolean,
  patience: Patience = {},
): Promise<void> {
  await answerOf(what, condition, holds => holds, patience);
}

/** Asks again and again until the answer is enough. @throws Error that has the last answer, after a minute */
export async function answerOf<T>(
  what: string,
  ask: () => Promise<T> | T,
  isEnough: (answer: T) => boolean,
  patience: Patience = {},
): Promise<T> {
  for (const end = performance.now() + (patience.patienceMs ?? patienceMs); ;) {
    const answer = await ask();
    if (isEnough(answer)) return answer;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}: ${JSON.stringify(answer)}`);
    await new Promise(resolve => setTimeout(resolve, patience.pollMs ?? pollMs));
  }
}
