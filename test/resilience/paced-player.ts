import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';

/** For a gateway, and for the next piece of an answer. */
const patienceMs = 120_000;

export interface GatewayInstance {
  isReady(): Promise<boolean>;
}

export interface PlayerOptions {
  readonly ca: Buffer;
  readonly user: { readonly name: string; readonly password: string };
  /** What the player takes, bytes per second; asked again at every piece where it changes. */
  readonly bytesPerSecond: number | (() => number);
  /** Ends the play, wherever it is: with the test that it is part of. */
  readonly signal?: AbortSignal;
}

/** How a play ended: `identical`, or what was wrong. A play that goes wrong is no error of the player. */
export type Outcome = string;

/**
 * What a load balancer does for players: it knows which gateways are ready, sends new plays to those, and tries another
 * one as long as nothing of an answer has come.
 */
export class GatewayFront {
  private turn = 0;

  constructor(private readonly gateways: ReadonlyMap<GatewayInstance, string>) {}

  /** Undefined when none is ready in time, or before the signal. */
  async next(signal?: AbortSignal): Promise<string | undefined> {
    for (const end = performance.now() + patienceMs; performance.now() < end && signal?.aborted !== true;) {
      const entries = [...this.gateways];
      const [gateway, url] = entries[this.turn++ % entries.length]!;
      if (await gateway.isReady()) return url;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return undefined;
  }
}

/** Plays once, paced, and compares every byte. */
export async function playPaced(
  front: GatewayFront,
  playPath: string,
  expected: Buffer,
  options: PlayerOptions,
): Promise<Outcome> {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const url = await front.next(options.signal);
    if (url === undefined) return 'no gateway was ready';
    try {
      const answer = await ask(`${url}/api/v2${playPath}`, options);
      if (answer === undefined) continue;
      if (answer.statusCode === 200) return await compare(answer, expected, options.bytesPerSecond);
      const body = await text(answer);
      // Only "I am stopping" sends a player elsewhere; it is the one answer that closes the connection.
      if (answer.statusCode !== 503 || answer.headers.connection !== 'close')
        return `status ${answer.statusCode}: ${body}`;
    } catch (error) {
      return `failed: ${String(error)}`;
    }
  }
  return 'no gateway answered';
}

/** Undefined when the gateway closed the connection before it answered anything. */
function ask(url: string, { ca, user, signal }: PlayerOptions): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const auth = `${user.name}:${user.password}`;
    const request = get(url, { ca, auth, agent: false, timeout: patienceMs, signal }, resolve);
    request.on('timeout', () => request.destroy(new Error(`waited in vain for ${url} to go on`)));
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined);
      else reject(error);
    });
  });
}

function compare(
  answer: IncomingMessage,
  expected: Buffer,
  bytesPerSecond: PlayerOptions['bytesPerSecond'],
): Promise<Outcome> {
  return new Promise(resolve => {
    const started = Date.now();
    let bytes = 0;
    let wrongAt: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    answer.on('data', (chunk: Buffer) => {
      if (!chunk.equals(expected.subarray(bytes, bytes + chunk.length))) wrongAt ??= bytes;
      bytes += chunk.length;
      const rate = typeof bytesPerSecond === 'number' ? bytesPerSecond : bytesPerSecond();
      const ahead = (bytes / rate) * 1000 - (Date.now() - started);
      if (ahead <= 20) return;
      answer.pause();
      timer = setTimeout(() => answer.resume(), ahead);
    });
    // What is wrong shows in the end of the answer.
    answer.on('error', () => undefined);
    answer.on('close', () => {
      clearTimeout(timer);
      if (wrongAt !== undefined) resolve(`other bytes within the chunk at ${wrongAt}`);
      else if (bytes !== expected.length || !answer.complete) resolve(`broke off after ${bytes} bytes`);
      else resolve('identical');
    });
  });
}
