import { Agent, get } from 'node:http';

const timeoutMs = 30_000;

/** Asks for ranges one after the other over one kept connection. */
export class FirstBytes {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @returns milliseconds until the first byte of the body. @throws Error unless the answer is 206 */
  ask(range: string): Promise<number> {
    const { agent, headers } = this;
    return new Promise((resolve, reject) => {
      const began = performance.now();
      let took: number | undefined;
      get(this.url, { agent, timeout: timeoutMs, headers: { ...headers, range } }, answer => {
        if (answer.statusCode !== 206) return reject(new Error(`${this.url} answered ${answer.statusCode ?? 0}`));
        answer.on('data', () => (took ??= performance.now() - began));
        answer.on('end', () => resolve(took ?? NaN)).on('error', reject);
      }).on('error', reject);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
