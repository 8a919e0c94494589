import { nestsDeeperThan, RcsError, toRcsError, type RecordingSourceSettings } from '#platform';
import { RwsDocuments, type MediaStorageConfiguration, type RwsDocument } from '#media-storage';
import { SourceBreaker } from './source-breaker.js';
import { readRwsRecording, type RwsRecording } from './rws-recording.js';

/** The metadata of a recording is longer than this nowhere; the event history of a long call has a few hundred KB. */
const longestAnswerBytes = 4 * 1024 * 1024;
const deepestAnswer = 32;
const retryAfterMs = 2000;

/** The RWS of one contact center, as an outage or a lie of it is told. */
export class RwsSource {
  private readonly documents: RwsDocuments;
  private readonly breaker: SourceBreaker;
  private readonly closing = new AbortController();
  private readonly base: string;

  constructor(
    private readonly settings: RecordingSourceSettings,
    configuration: MediaStorageConfiguration,
  ) {
    this.documents = new RwsDocuments(configuration);
    this.breaker = new SourceBreaker(this.name);
    // As URLs are written: a host in capitals is the same one.
    this.base = new URL(settings.url).href.replace(/\/+$/, '');
  }

  /** Scheme, host and port, for the log and the audit. */
  get name(): string {
    return `RWS ${this.documents.name}`;
  }

  /**
   * What the RWS says of a recording; undefined where it says that there is none.
   * @throws RcsError RCS_RECORDING_SOURCE_UNAVAILABLE, RCS_RECORDING_SOURCE_REFUSED, RCS_OVERLOADED
   */
  ask(id: string): Promise<RwsRecording | undefined> {
    return this.breaker.run(async () => this.recordingIn(await this.read(id), id));
  }

  async close(): Promise<void> {
    this.closing.abort(new RcsError('RCS_SHUTTING_DOWN', undefined, { retryAfterMs: 1000 }));
    await this.documents.close();
  }

  private async read(id: string): Promise<RwsDocument> {
    try {
      return await this.documents.read(['recordings', id], {
        longest: longestAnswerBytes,
        timeoutMs: this.settings.answerTimeoutMs,
        signal: this.closing.signal,
      });
    } catch (error) {
      const failure = toRcsError(error);
      if (!failure.code.startsWith('RCS_STORAGE_')) throw failure;
      throw this.unavailable(failure.message, failure);
    }
  }

  private recordingIn(document: RwsDocument, id: string): RwsRecording | undefined {
    const { status } = document;
    if (status === 401) {
      const error = this.unavailable('it refuses userName and password of recordingSources');
      this.breaker.open();
      throw error;
    }
    if (status === 429 || status >= 500) throw this.unavailable(`it answered ${status}`);
    if (status !== 200 && status !== 404) throw this.refused(`it answered ${status}`);
    const answer = this.jsonOf(document);
    // The page of a proxy or of another server says nothing of recordings.
    if (status === 404) return undefined;
    const { contactCenter, contactCenterId = contactCenter } = this.settings;
    try {
      return readRwsRecording(answer, { id, contactCenterId, url: this.base });
    } catch (error) {
      throw this.refused(toRcsError(error).publicDetail ?? 'its answer cannot be read', error);
    }
  }

  private jsonOf({ status, mediaType, body, flaw }: RwsDocument): unknown {
    if (flaw !== undefined) throw this.refused(`its answer (${status}) is refused: ${flaw}`);
    if (mediaType !== 'application/json') throw this.refused(`its answer (${status}) is no application/json`);
    let answer: unknown;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
      if (nestsDeeperThan(deepestAnswer, text)) throw new RangeError(`it nests deeper than ${deepestAnswer} levels`);
      answer = JSON.parse(text, refusePrototype);
    } catch (error) {
      throw this.refused(`its answer (${status}) is no JSON that is taken: ${(error as Error).message}`, error);
    }
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
      throw this.refused(`its answer (${status}) is no JSON object`);
    return answer;
  }

  private unavailable(why: string, cause?: unknown): RcsError {
    return new RcsError('RCS_RECORDING_SOURCE_UNAVAILABLE', `${this.name}: ${why}`, { retryAfterMs, cause });
  }

  private refused(why: string, cause?: unknown): RcsError {
    return new RcsError('RCS_RECORDING_SOURCE_REFUSED', `${this.name}: ${why}`, { cause });
  }
}

function refusePrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new SyntaxError('it has a field __proto__');
  return value;
}
