import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** So many bytes at a random place of a body of this length. */
export interface ByteRange {
  readonly bytes: number;
  readonly of: number;
}

export interface WrkOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** Instead of the whole body. */
  readonly range?: ByteRange | undefined;
}

export interface WrkResult {
  readonly seconds: number;
  readonly requests: number;
  /** Of answers, with their heads, those that were under way at the end too. */
  readonly bytes: number;
}

const mebibyte = 2 ** 20;

/**
 * A load for some seconds by wrk (C): what makes the load takes little of the cores that are measured.
 * @param directory for its script
 * @throws Error where an answer is none of 2xx, or a connection failed.
 */
export async function runWrk(directory: string, options: WrkOptions): Promise<WrkResult> {
  const { url, headers, connections, seconds } = options;
  const script = join(directory, 'wrk.lua');
  writeFileSync(script, scriptOf(options));
  const head = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const shape = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '30s'];
  const configuration = join(directory, 'wrk-openssl.cnf');
  writeFileSync(configuration, oneCipher);
  const { stdout } = await promisify(execFile)('wrk', [...shape, ...head, '-s', script, url], {
    env: { ...process.env, OPENSSL_CONF: configuration },
    maxBuffer: mebibyte,
    timeout: (seconds + 60) * 1000,
  });
  const figures = /^figures (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout)?.slice(1).map(Number);
  const [requests = 0, bytes = 0, microseconds = 0, failures = 0] = figures ?? [];
  if (bytes === 0 || failures > 0) throw new Error(`${url}: ${failures} of ${requests} requests failed: ${stdout}`);
  return { requests, bytes, seconds: microseconds / 1e6 };
}

/** Servers choose by their own taste: what is compared is not the cipher. */
const oneCipher = `openssl_conf = defaults
[defaults]
ssl_conf = ssl
[ssl]
system_default = tls
[tls]
Ciphersuites = TLS_AES_256_GCM_SHA384
`;

const scriptOf = ({ range }: WrkOptions): string => `
${
  range === undefined
    ? ''
    : `request = function()
  local first = math.random(0, ${range.of - range.bytes})
  wrk.headers["Range"] = string.format("bytes=%d-%d", first, first + ${range.bytes - 1})
  return wrk.format()
end`
}
done = function(summary)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("figures %d %d %d %d\\n", summary.requests, summary.bytes, summary.duration, failures))
end
`;
