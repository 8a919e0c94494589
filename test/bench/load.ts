import { Agent as HttpAgent, request, type IncomingMessage } from 'node:http';

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Requests in all. */
  readonly requests: number;
  /** Every body must have this length, bytes. */
  readonly bytes: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  readonly requestsPerSecond: number;
}

/** A bounded number of GET requests over keep-alive connections; every body is read to its end and counted. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const agent = new HttpAgent({ keepAlive: true, maxSockets: options.connections });
  let left = options.requests;
  const started = process.hrtime.bigint();
  const connection = async (): Promise<void> => {
    while (left > 0) {
      left--;
      await fetchOnce(options, agent);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  agent.destroy();
  return {
    seconds,
    megabytesPerSecond: (options.requests * options.bytes) / 1e6 / seconds,
    requestsPerSecond: options.requests / seconds,
  };
}

function fetchOnce({ url, headers, bytes }: LoadOptions, agent: HttpAgent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, headers, timeout: 60_000 }, (response: IncomingMessage) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => (received += chunk.length));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && received === bytes) resolve();
        else reject(new Error(`${url} answered ${response.statusCode ?? 0} with ${received} of ${bytes} bytes`));
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} timed out`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
