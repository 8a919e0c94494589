import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Answer } from './answer.js';
import { askUntilAnswered, type WhenAgain } from './patience.js';

export interface Message {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Of an answer that never ends: what comes in this time. */
  readonly listenMs?: number;
}

/** A body that broke off, or a connection that did: no answer at all, which is never taken for one. */
export const brokenOff = 0;

/** Long before a gateway closes them (65 s): one that is closed in the moment in which it is used again breaks off. */
const longestIdleMs = 10_000;

/** Everybody's connections to the gateways of a server, which take turns: what one is told, the next one is asked about. */
export class Door {
  private readonly agent: Agent;
  private turn = 0;

  constructor(
    private readonly gateways: readonly [string, ...string[]],
    ca: string,
  ) {
    const timeouts = { headersTimeout: 60_000, bodyTimeout: 60_000, keepAliveMaxTimeout: longestIdleMs };
    this.agent = new Agent({ connect: { ca }, connections: 32, ...timeouts });
  }

  /** Of the first gateway. */
  get url(): string {
    return this.gateways[0];
  }

  async send({ method, path, headers, json, listenMs }: Message): Promise<Answer> {
    const gateway = this.gateways[this.turn++ % this.gateways.length];
    try {
      const answer = await request(`${gateway}${path}`, {
        dispatcher: this.agent,
        method: method as 'GET',
        headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      const body = await (listenMs === undefined || answer.statusCode !== 200
        ? answer.body.arrayBuffer().then(bytes => Buffer.from(bytes))
        : listened(answer.body, listenMs));
      const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
      return { status: answer.statusCode, headers: Object.fromEntries(fields) as Record<string, string>, body };
    } catch (error) {
      return { status: brokenOff, headers: {}, body: Buffer.from(String(error)) };
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function listened(body: Readable, ms: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  body.on('data', (chunk: Buffer) => chunks.push(chunk));
  body.on('error', () => undefined);
  return new Promise(resolve => {
    setTimeout(() => {
      body.destroy();
      resolve(Buffer.concat(chunks));
    }, ms);
  });
}

/** Somebody at a door, known by name and password, or nobody. */
export class Caller {
  constructor(
    readonly name: string,
    readonly door: Door,
    readonly password: string | undefined,
  ) {}

  send(message: Message): Promise<Answer> {
    const { name, password } = this;
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    const headers = { ...(password === undefined ? {} : { authorization }), ...message.headers };
    return this.door.send({ ...message, headers });
  }

  /** Says it again as long as the server is too busy to answer. */
  sendPatiently(message: Message, again?: WhenAgain): Promise<Answer> {
    return askUntilAnswered(() => this.send(message), again);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.sendPatiently({ method: 'GET', path, headers });
  }

  /** @throws Error for anything but a success. */
  async must<T>(method: string, path: string, json?: unknown): Promise<T> {
    const { status, body } = await this.sendPatiently({ method, path, json });
    const text = body.toString();
    if (status < 200 || status > 299) throw new Error(`${method} ${path} by ${this.name}: ${status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}
