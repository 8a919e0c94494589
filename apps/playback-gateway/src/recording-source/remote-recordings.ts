import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { rwsConfiguration } from '#media-storage';
import { describeError, entriesAtMost, type ErrorCode, type Logger, RcsError, toRcsError } from '#platform';
import type { Recording, RecordingStore, Role, User } from '#store';
import { rwsTls } from '#tls';
import type { RecordingSource } from '../authorisation/known-recordings.js';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { RecordingInsertionService } from '../recordings/recording-insertion.service.js';
import { RwsSource } from './rws-source.js';
import type { RwsRecording } from './rws-recording.js';

/** In grants and in the audit: it is no person that inserts. */
const sourceName = 'recording-source';
/** What was not taken is not asked for again within this time. */
const notTakenMs = 1000;
const notTakenSize = 10_000;
/** Recordings that are asked for at once, of all sources. */
const mostAsked = 1000;
/** Who reads recordings at all; the recorder does not. */
const listeners: readonly Role[] = ['agent', 'supervisor', 'admin'];
/** As an insertion wants it. */
const recordingId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Where an insertion fails for what was said, and not for what went wrong here. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_INVALID_VALUE',
  'RCS_MISSING_PARAMETER',
  'RCS_MEDIA_LOCATION_REFUSED',
  'RCS_MEDIA_LOCATION_TAKEN',
  'RCS_MEDIA_NOT_RECOGNISED',
  'RCS_MEDIA_DECLARED_ENCRYPTED',
  'RCS_CONTENT_CHANGED',
]);

interface Question {
  readonly source: RwsSource;
  readonly contactCenter: string;
  readonly id: string;
  readonly requestId: string;
}

/**
 * Recordings of the RWS of a contact center: at first sight they are taken into the store, as if the recorder had inserted
 * them, and never asked for again (docs/decisions/0010-recordings-behind-an-rws.md).
 */
@Injectable()
export class RemoteRecordings implements RecordingSource, OnApplicationShutdown {
  private readonly sources: ReadonlyMap<string, RwsSource>;
  /** By contact center and id: whoever asks for one that is being asked for waits for the same answer. */
  private readonly asking = new Map<string, Promise<Recording | undefined>>();
  private readonly notTaken = new LRUCache<string, RcsError | 'missing'>({
    ...entriesAtMost(notTakenSize),
    ttl: notTakenMs,
  });
  private readonly region: string;

  constructor(
    @Inject(CONFIGURATION)
    { recordingSources, serverSettings, crRegion }: GatewayConfiguration,
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly insertion: RecordingInsertionService,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.region = crRegion;
    const count = recordingSources.length;
    const sources = recordingSources.map((settings, index) => {
      const peer = rwsTls(settings, index);
      const configuration = rwsConfiguration(settings, count, serverSettings.recordingSettings, peer);
      return [settings.contactCenter, new RwsSource(settings, configuration)] as const;
    });
    this.sources = new Map(sources);
  }

  async take({ roles, contactCenter = '' }: User, id: string, requestId?: string) {
    const source = this.sources.get(contactCenter);
    if (source === undefined || !recordingId.test(id) || !roles.some(role => listeners.includes(role)))
      return undefined;
    const key = JSON.stringify([contactCenter, id]);
    const known = this.notTaken.get(key);
    if (known === 'missing') return undefined;
    if (known !== undefined) throw known;
    const running = this.asking.get(key);
    if (running !== undefined) return running;
    if (this.asking.size >= mostAsked) {
      throw new RcsError('RCS_OVERLOADED', `${mostAsked} recordings are asked for at once`, { retryAfterMs: 1000 });
    }
    const question = { source, contactCenter, id, requestId: requestId ?? randomUUID() };
    const asked = this.answerTo(question, key).finally(() => this.asking.delete(key));
    this.asking.set(key, asked);
    return asked;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.sources.values()].map(source => source.close()));
  }

  private async answerTo(question: Question, key: string): Promise<Recording | undefined> {
    try {
      const found = await question.source.ask(question.id);
      // Of another region: for users here there is none.
      const recording = found?.region === undefined || found.region === this.region ? found : undefined;
      const taken = recording && (await this.insert(question, recording));
      if (taken === undefined) this.notTaken.set(key, 'missing');
      this.metrics.recordingSourceAnswers.inc({ outcome: taken === undefined ? 'missing' : 'taken' });
      return taken;
    } catch (error) {
      throw this.told(question, toRcsError(error), key);
    }
  }

  private async insert(question: Question, { body, leaves }: RwsRecording): Promise<Recording | undefined> {
    const { source, contactCenter, id, requestId } = question;
    try {
      const { recording } = await this.insertion.insert({
        user: { name: sourceName },
        contactCenter,
        body,
        leaves,
        isNew: false,
        requestId,
        // Who asked has the same request in the audit.
        detail: `taken from ${source.name}`,
      });
      return recording;
    } catch (error) {
      const failure = toRcsError(error);
      // Another gateway took it a moment before, or it is a recording of another contact center: what the store has counts.
      if (failure.code === 'RCS_RECORDING_EXISTS') return this.recordings.find(id);
      // What was deleted or erased here does not come back, although the RWS has it still.
      if (failure.code === 'RCS_RECORDING_REMOVED') return undefined;
      if (!refusals.has(failure.code)) throw failure;
      const why = `${source.name}: ${failure.publicDetail ?? failure.message}`;
      throw new RcsError('RCS_RECORDING_SOURCE_REFUSED', why, { cause: failure });
    }
  }

  /** Says in the log what nobody else hears, and remembers what would be refused again. */
  private told({ source, contactCenter, id, requestId }: Question, failure: RcsError, key: string): RcsError {
    const subject = { source: source.name, contactCenter, recording: id, requestId, code: failure.code };
    if (failure.code === 'RCS_RECORDING_SOURCE_REFUSED') {
      this.notTaken.set(key, failure);
      this.metrics.recordingSourceAnswers.inc({ outcome: 'refused' });
      this.logger.warn({ ...subject, error: describeError(failure) }, 'what an RWS said of a recording was refused');
    } else if (failure.code === 'RCS_RECORDING_SOURCE_UNAVAILABLE') {
      this.metrics.recordingSourceAnswers.inc({ outcome: 'unavailable' });
      this.logger.warn({ ...subject, error: describeError(failure) }, 'an RWS could not be asked for a recording');
    }
    return failure;
  }
}
