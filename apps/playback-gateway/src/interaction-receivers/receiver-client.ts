import type { ConnectionOptions } from 'node:tls';
import { Agent, request } from 'undici';
import { describeError, type InteractionReceiverConfiguration } from '#platform';

/** What an answer says beyond its status is of no interest; more than this ends the connection. */
const mostAnswerBytes = 64 * 1024;

type Settings = Pick<InteractionReceiverConfiguration, 'userName' | 'password' | 'timeoutMs' | 'maxConnection'>;

/** Posts metadata to one receiver: in bounded time, to its address alone, whatever it answers. */
export class ReceiverClient {
  private readonly agent: Agent;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly url: string,
    private readonly settings: Settings,
    trust: ConnectionOptions,
  ) {
    const { timeoutMs, userName, password } = settings;
    this.agent = new Agent({
      connect: { ...trust, timeout: timeoutMs },
      connections: settings.maxConnection,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const credentials = Buffer.from(`${userName}:${password}`).toString('base64');
    this.headers = {
      'content-type': 'application/json',
      ...(userName === undefined ? {} : { authorization: `Basic ${credentials}` }),
    };
  }

  /** Resolves with why the receiver does not have it; undefined where it said that it has. */
  async post(document: object, signal: AbortSignal): Promise<string | undefined> {
    const deadline = AbortSignal.timeout(this.settings.timeoutMs);
    try {
      const { statusCode, body } = await request(this.url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: this.headers,
        body: JSON.stringify(document),
        signal: AbortSignal.any([signal, deadline]),
      });
      await body.dump({ limit: mostAnswerBytes, signal: deadline });
      return refusalOf(statusCode);
    } catch (error) {
      if (signal.aborted) return 'the gateway ended during the attempt';
      return deadline.aborted ? `no answer within ${this.settings.timeoutMs} ms` : describeError(error);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function refusalOf(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  const isElsewhere = status >= 300 && status < 400;
  return isElsewhere ? `answered ${status}: redirects are not followed` : `answered ${status}`;
}
