import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { within } from '#test/waiting/within.js';

/** What somebody heard who asked for media. */
export interface Heard {
  readonly status: number;
  readonly body: Buffer;
  /** Whether the body came to its end. */
  readonly complete: boolean;
}

export interface ListenerOptions {
  readonly ca: Buffer;
  readonly user: { readonly name: string; readonly password: string };
  /** No answer takes as long. */
  readonly timeoutMs: number;
}

/** Plays over connections that are kept, and takes whatever comes. */
export class Listener {
  private readonly agent: Agent;

  constructor(private readonly options: ListenerOptions) {
    this.agent = new Agent({ ca: options.ca, keepAlive: true });
  }

  /** @throws Error where nothing comes to an end. */
  async hear(url: string, range?: string): Promise<Heard> {
    const { user, timeoutMs } = this.options;
    const headers = range === undefined ? {} : { range };
    const asked = request(url, { agent: this.agent, auth: `${user.name}:${user.password}`, headers });
    try {
      return await within(`the end of ${url}`, answerTo(asked), timeoutMs);
    } catch (error) {
      asked.on('error', () => undefined).destroy();
      throw error;
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

async function answerTo(asked: ClientRequest): Promise<Heard> {
  asked.end();
  const [response] = (await within('the head of an answer', once(asked, 'response'))) as [IncomingMessage];
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    // It broke off, which is an outcome.
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks), complete: response.complete };
}
