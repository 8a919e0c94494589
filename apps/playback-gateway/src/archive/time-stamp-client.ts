import { Agent, request } from 'undici';
import { answerType, requestType } from '#archive';
import { describeError, type TimeStampConfiguration } from '#platform';
import { trustedAuthorities, type TlsTrust } from '#tls';

/** More has no answer of an authority, its certificates included. */
const mostAnswerBytes = 64 * 1024;

/** Asks one time-stamping authority over HTTP (RFC 3161, 3.4): in bounded time, at its address alone, whatever it answers. */
export class TimeStampClient {
  private readonly trust: TlsTrust;
  private readonly headers: Readonly<Record<string, string>>;

  /** @throws ConfigurationError for a file of authorities that is missing or cannot be read */
  constructor(private readonly settings: TimeStampConfiguration) {
    const { timeStampTrustedCA, timeStampJksPassword, userName, password } = settings;
    this.trust = trustedAuthorities('archives.timeStamp.timeStampTrustedCA', timeStampTrustedCA, timeStampJksPassword);
    const credentials = Buffer.from(`${userName}:${password}`).toString('base64');
    this.headers = {
      'content-type': requestType,
      accept: answerType,
      ...(userName === undefined ? {} : { authorization: `Basic ${credentials}` }),
    };
  }

  /** The answer to a request, both DER, unchecked. @throws Error that says why there is none */
  async ask(query: Buffer, signal: AbortSignal): Promise<Buffer> {
    const { url, timeoutMs } = this.settings;
    const deadline = AbortSignal.timeout(timeoutMs);
    // Archives are rare: no connection is kept for them.
    const agent = new Agent({ connect: { ...this.trust, timeout: timeoutMs }, connections: 1 });
    try {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        dispatcher: agent,
        headers: this.headers,
        body: query,
        signal: AbortSignal.any([signal, deadline]),
      });
      const pieces: Buffer[] = [];
      let bytes = 0;
      for await (const piece of body as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > mostAnswerBytes) throw new Error(`answered more than ${mostAnswerBytes} bytes`);
        pieces.push(piece);
      }
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      return Buffer.concat(pieces);
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new Error(`no answer within ${timeoutMs} ms`, { cause: error });
      throw new Error(describeError(error), { cause: error });
    } finally {
      await agent.destroy();
    }
  }
}
