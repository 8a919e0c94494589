import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const limits = { timeout: 120_000, maxBuffer: 256 * 1024 * 1024 };

/** The machine's openssl: it has never heard of us. */
export async function openssl(...args: string[]): Promise<void> {
  await run('openssl', args, limits);
}

export interface CurlAnswer {
  readonly status: number;
  /** Of HTTP, as the status line has it. */
  readonly version: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** curl's own exit code: 0 only for a complete transfer. */
  readonly exitCode: number;
}

/** curl, the other stranger. */
export async function curl(...args: string[]): Promise<CurlAnswer> {
  const { stdout, exitCode } = await run('curl', ['--silent', '--include', '--max-time', '60', ...args], {
    ...limits,
    encoding: 'buffer',
  }).then(
    result => ({ stdout: result.stdout, exitCode: 0 }),
    (error: unknown) => {
      const { stdout, code } = error as { stdout?: Buffer; code?: number };
      return { stdout: stdout ?? Buffer.alloc(0), exitCode: code ?? -1 };
    },
  );
  return { ...parseAnswer(stdout), exitCode };
}

function parseAnswer(output: Buffer): Omit<CurlAnswer, 'exitCode'> {
  let rest = output;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return { status: 0, version: '', headers: {}, body: rest };
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(statusLine.split(' ')[1]);
    rest = rest.subarray(end + 4);
    if (status < 200) continue;
    const headers = Object.fromEntries(
      lines.map(line => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    return { status, version: statusLine.split(' ')[0]?.replace('HTTP/', '') ?? '', headers, body: rest };
  }
}
