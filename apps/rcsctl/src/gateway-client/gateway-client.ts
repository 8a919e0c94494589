import { Agent, request, type Dispatcher } from 'undici';
import { namingAuthority } from './untrusted-server.js';

export interface GatewayAccess {
  readonly url: string;
  /** PEM of the authority that issued the gateway's certificate; undefined for the system's authorities. */
  readonly caPem?: string | undefined;
  /** Name in the gateway's certificate, where it is not that of the URL. */
  readonly serverName?: string | undefined;
  readonly userName: string;
  readonly password: string;
}

const timeoutMs = 30_000;

/** The gateway answered, and not as hoped for. */
export class GatewayAnswerError extends Error {
  override readonly name = 'GatewayAnswerError';

  constructor(
    readonly status: number,
    message: string,
    /** What the gateway itself says is wrong. */
    readonly reason: string = message,
    /** Of an error below /rcs, such as `RCS_RECORDING_HELD`. */
    readonly code?: string,
  ) {
    super(message);
  }
}

/** The public API of a gateway, as the command line uses it. */
export class GatewayClient {
  private readonly agent: Agent;
  private readonly authorization: string;
  private session: SessionHeaders = {};

  constructor(private readonly access: GatewayAccess) {
    this.agent = new Agent({
      connect: {
        // The certificate of the gateway itself does for trust, too.
        ...(access.caPem === undefined ? {} : { ca: access.caPem, allowPartialTrustChain: true }),
        ...(access.serverName === undefined ? {} : { servername: access.serverName }),
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    this.authorization = `Basic ${Buffer.from(`${access.userName}:${access.password}`).toString('base64')}`;
  }

  /** Stores metadata of a recording; answers the recording resource, with what the gateway warns of. */
  async insertRecording(contactCenter: string, recording: object): Promise<InsertedResource> {
    return (await this.insert(contactCenter, recording)).resource;
  }

  /** As `insertRecording`; says, too, whether it was new. */
  async insert(contactCenter: string, recording: object): Promise<InsertedRecording> {
    const path = `/internal-api/contact-centers/${encodeURIComponent(contactCenter)}/recordings`;
    const body = JSON.stringify(recording);
    const response = await this.post(path, body);
    const resource = (await this.json(response, 'inserting the recording')) as InsertedResource;
    return { isNew: response.statusCode === 201, resource };
  }

  async recording(id: string): Promise<RecordingResource | undefined> {
    const response = await this.request(`/api/v2/recordings/${encodeURIComponent(id)}`, { method: 'GET' });
    if (response.statusCode === 404) {
      await response.body.dump();
      return undefined;
    }
    return (await this.json(response, 'reading the recording')) as RecordingResource;
  }

  /**
   * Whether an id is taken. The recorder sees no recording: it is told that it may not, where there is one.
   * @throws Error when the gateway does not say.
   */
  async hasRecording(id: string): Promise<boolean> {
    const response = await this.request(`/api/v2/recordings/${encodeURIComponent(id)}`, { method: 'GET' });
    if (![200, 403, 404].includes(response.statusCode)) await this.fail(response, `asking for the recording ${id}`);
    await response.body.dump();
    return response.statusCode !== 404;
  }

  /** The plaintext of a media file. @throws Error for anything but a complete 200. */
  async play(playPath: string): Promise<Buffer> {
    const response = await this.request(`/api/v2${playPath}`, { method: 'GET' });
    if (response.statusCode !== 200) await this.fail(response, 'playing');
    return Buffer.from(await response.body.arrayBuffer());
  }

  /**
   * The plaintext of a media file as it comes; each piece may take its time, the whole as long as it needs.
   * @throws Error for anything but 200; the body fails when it ends too soon.
   */
  async openMedia(playPath: string, signal: AbortSignal): Promise<OpenedMedia> {
    const response = await this.request(`/api/v2${playPath}`, { method: 'GET', signal });
    if (response.statusCode !== 200) await this.fail(response, 'playing');
    return {
      length: Number(response.headers['content-length']),
      body: response.body as AsyncIterable<Buffer>,
      // Of a gateway that says nothing of it nobody knows.
      content: response.headers['rcs-content-proof'] === 'proved' ? 'proved' : 'not proved',
    };
  }

  /**
   * One call of the administration below /rcs.
   * @returns the JSON of the answer, its text when it is no JSON, undefined when it is empty.
   * @throws Error with what the gateway says is wrong.
   */
  async call(method: 'GET' | ChangingMethod, path: string, body?: object): Promise<unknown> {
    const response =
      method === 'GET'
        ? await this.request(path, { method })
        : await this.change(method, path, JSON.stringify(body ?? {}));
    const text = await response.body.text();
    const isJson = /json/.test(String(response.headers['content-type']));
    const answer: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    if (response.statusCode < 300) return answer === '' ? undefined : answer;
    if (response.statusCode === 401) throw new GatewayAnswerError(401, this.refusedLogin());
    const { detail, title, code } = (isJson ? answer : {}) as { detail?: string; title?: string; code?: string };
    const message = detail ?? title ?? `the gateway answered ${response.statusCode}: ${text.slice(0, 500)}`;
    throw new GatewayAnswerError(response.statusCode, message, message, code);
  }

  /**
   * An archive as it comes; each piece may take its time, the whole as long as it needs.
   * @throws Error for anything but 200; the body fails when it ends too soon.
   */
  async openArchive(request: object, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const response = await this.change('POST', '/rcs/archives', JSON.stringify(request), signal);
    if (response.statusCode !== 200) await this.fail(response, 'making the archive');
    return response.body as AsyncIterable<Buffer>;
  }

  /** A stream of server-sent events, open as long as something comes. @throws Error for anything but 200. */
  async openEvents(path: string, lastEventId: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const headers: Record<string, string> = lastEventId === '' ? {} : { 'last-event-id': lastEventId };
    const response = await this.request(path, { method: 'GET', headers, signal });
    if (response.statusCode !== 200) await this.fail(response, 'asking whom to encrypt for');
    return response.body as AsyncIterable<Uint8Array>;
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** Where the gateway demands a CSRF token, a GET brings session cookie and token, and the request is repeated once. */
  private post(path: string, body: string): Promise<Dispatcher.ResponseData> {
    return this.change('POST', path, body);
  }

  private async change(
    method: ChangingMethod,
    path: string,
    body: string,
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const send = () =>
      this.request(path, {
        method,
        body,
        headers: { 'content-type': 'application/json', ...this.session },
        ...(signal === undefined ? {} : { signal }),
      });
    const response = await send();
    if (response.statusCode !== 403) return response;
    const refusal = response.body.dump();
    const me = await this.request('/api/v2/me', { method: 'GET' });
    this.session = sessionHeaders(me.headers);
    await Promise.all([refusal, me.body.dump()]);
    return send();
  }

  private async request(
    path: string,
    options: Pick<Dispatcher.RequestOptions, 'method' | 'body'> & {
      readonly headers?: Record<string, string>;
      readonly signal?: AbortSignal;
    },
  ) {
    try {
      return await request(new URL(path, this.access.url), {
        signal: AbortSignal.timeout(timeoutMs),
        ...options,
        headers: { ...options.headers, authorization: this.authorization },
        dispatcher: this.agent,
      });
    } catch (error) {
      throw namingAuthority(error, this.access);
    }
  }

  private refusedLogin(): string {
    return `${this.access.url} refuses the user ${this.access.userName}, or the password`;
  }

  private async json(response: Dispatcher.ResponseData, what: string): Promise<unknown> {
    if (response.statusCode >= 300) await this.fail(response, what);
    return response.body.json();
  }

  private async fail(response: Dispatcher.ResponseData, what: string): Promise<never> {
    const text = await response.body.text();
    if (response.statusCode === 401) throw new GatewayAnswerError(401, `${what} failed: ${this.refusedLogin()}`);
    const message = `${what} failed: the gateway answered ${response.statusCode}: ${text.slice(0, 500)}`;
    throw new GatewayAnswerError(response.statusCode, message, reasonIn(text));
  }
}

export interface OpenedMedia {
  readonly length: number;
  readonly body: AsyncIterable<Buffer>;
  /** Whether the stored bytes are checked against the content tree that is kept with the recording. */
  readonly content: ContentProof;
}

export type ContentProof = 'proved' | 'not proved';

type ChangingMethod = 'POST' | 'PUT' | 'DELETE';

/** Cookie and CSRF token of a session, as the next request carries them. */
type SessionHeaders = Readonly<Record<string, string>>;

function sessionHeaders(answer: Dispatcher.ResponseData['headers']): SessionHeaders {
  const name = answer['x-csrf-header'];
  const token = answer['x-csrf-token'];
  const cookies = [answer['set-cookie'] ?? []].flat().map(cookie => cookie.split(';', 1)[0] ?? '');
  if (typeof name !== 'string' || typeof token !== 'string' || cookies.length === 0) return {};
  return { cookie: cookies.join('; '), [name.toLowerCase()]: token };
}

export interface InsertedRecording {
  readonly isNew: boolean;
  readonly resource: InsertedResource;
}

export interface InsertedResource extends RecordingResource {
  /** Why it may not play. */
  readonly warnings?: readonly string[];
}

/** Of an error of /api/v2. */
function reasonIn(text: string): string {
  try {
    const { statusMessage } = JSON.parse(text) as { statusMessage?: unknown };
    if (typeof statusMessage === 'string') return statusMessage;
  } catch {
    // Something between us and the gateway answered.
  }
  return text.slice(0, 500);
}

export interface RecordingResource {
  readonly id: string;
  readonly mediaFiles: readonly { readonly mediaId: string; readonly playPath: string; readonly mediaUri: string }[];
}
