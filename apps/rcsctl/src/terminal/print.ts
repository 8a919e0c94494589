/** Ends when what reads the output has ended, as `rcsctl ... | head` makes it. */
function endWithReader(): void {
  if (process.stdout.listenerCount('error') > 0) return;
  process.stdout.on('error', () => process.exit(1));
}

/** Writes a result to standard output, as one line of JSON or as text for people. */
export function print(json: boolean, result: unknown, text: () => string): void {
  endWithReader();
  process.stdout.write(`${json ? JSON.stringify(result) : text()}\n`);
}

/** Says what did not fail, and still needs somebody to look at it. */
export function warn(message: string): void {
  process.stderr.write(`rcsctl: warning: ${message}\n`);
}

/** Tells what is going on; silent where nobody watches. */
export function progress(message: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${message}\n`);
}
