import { execFile } from 'node:child_process';

const timeoutMs = 60_000;

export interface CommandOptions {
  readonly workingDirectory?: string;
  /** Laid over our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Given to standard input: the place for secrets, which must not stand among the arguments. */
  readonly input?: string;
}

/** Runs a program to its end and answers its standard output. @throws Error with what it wrote to standard error. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        cwd: options.workingDirectory,
        // eslint-disable-next-line no-restricted-properties -- a child keeps the environment it would have had
        env: { ...process.env, ...options.environment },
        timeout: timeoutMs,
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        // Without a cause: Node's message repeats the arguments, and a PIN may be among them.
        else reject(new Error(`${program} failed (${error.code ?? error.signal ?? 'no status'}): ${stderr.trim()}`));
      },
    );
    // A program that ends without reading is judged by its status, not by what it left unread.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}
