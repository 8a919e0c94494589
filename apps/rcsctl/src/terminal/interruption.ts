/**
 * Runs `work` with a signal that Ctrl-C, a termination or the end of the terminal aborts, so that it can clean up before
 * the process ends.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => controller.abort(new Error(`interrupted by ${name}`));
  const names: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  names.forEach(name => process.on(name, stop));
  try {
    return await work(controller.signal);
  } finally {
    names.forEach(name => process.off(name, stop));
  }
}
