import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { describeError, parseInput, RcsError } from '#platform';
import type {
  AuditEntry,
  AuditLog,
  ClaimedLocation,
  ContactCenterStore,
  JsonObject,
  MediaFile,
  MediaFinding,
  Recording,
  RecordingStore,
  User,
} from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import { envelopeAsDer } from '../envelopes/envelope-as-der.js';
import { recipientsOfMediaFile } from '../envelopes/recipient-names.js';
import { ConfiguredReceivers } from '../interaction-receivers/configured-receivers.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { partRootsOf } from '../media-index/media-finding.js';
import { isMounted } from '../removal/mounted-recording.js';
import { ActiveStorages } from './active-storages.js';
import { InsertedEnvelopes } from './inserted-envelopes.js';
import { InsertionInspection } from './insertion-inspection.js';
import { insertRecordingSchema, type InsertMediaFile, type InsertRecording } from './insert-recording.schema.js';

export interface Insertion {
  /** Who inserts, as the audit names them. */
  readonly user: Pick<User, 'name'>;
  readonly contactCenter: string;
  readonly body: unknown;
  readonly address?: string;
  readonly requestId: string;
  /** Last segments of the play URLs that the media files have already, by media id; the others get new ones. */
  readonly leaves?: ReadonlyMap<string, string>;
  /** False for a recording that somebody else has had for long: it is handed over to nobody. */
  readonly isNew?: boolean;
  /** What the audit says of the insertion beside that. */
  readonly detail?: string;
}

export interface InsertionResult {
  readonly recording: Recording;
  readonly result: 'created' | 'unchanged';
  /** What the recorder should know of a recording that was taken. */
  readonly warnings: readonly string[];
}

/** @throws RcsError RCS_INSUFFICIENT_ROLE */
export function requireRecorder({ roles }: User): void {
  if (roles.includes('recorder')) return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only the recorder, the account of opsUsername, inserts recordings');
}

/** Takes in the metadata of a recording, as the recording processor sends it. */
@Injectable()
export class RecordingInsertionService {
  private readonly region: string;

  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly claims: LocationClaims,
    private readonly inspection: InsertionInspection,
    private readonly receivers: ConfiguredReceivers,
    private readonly envelopes: InsertedEnvelopes,
    private readonly activeStorages: ActiveStorages,
    @Inject(CONFIGURATION) { crRegion }: Pick<GatewayConfiguration, 'crRegion'>,
  ) {
    this.region = crRegion;
  }

  /** @throws RcsError naming the field that is wrong; nothing is stored then. */
  async insert(insertion: Insertion): Promise<InsertionResult> {
    const contactCenter = await this.contactCenters.find(insertion.contactCenter);
    if (contactCenter === undefined) {
      throw new RcsError('RCS_NOT_FOUND', undefined, { publicDetail: 'there is no such contact center' });
    }
    const body = parseBody(insertion.body);
    const recording = await this.recordingOf(body, contactCenter.id, insertion.leaves);
    const entry = entryOf(insertion, recording);
    const locations = await this.locationsOf(recording);
    const known = await this.recordings.find(recording.id);
    // A repetition finds everything in its place, and what an earlier version took stays taken.
    const isNew = known === undefined;
    if (isNew && insertion.isNew !== false) await this.noting(entry, () => this.activeStorages.check(recording));
    const warnings = isNew
      ? await this.noting(entry, () => this.envelopes.check(recording, insertion.requestId))
      : await this.envelopes.checkAgain(recording, insertion.requestId);
    const findings = isNew ? await this.noting(entry, () => this.look(insertion, recording, body)) : [];
    await this.audit.append({ ...entry, outcome: 'allowed' });
    // What lies in an archive was handed over when it was recorded.
    const isOld = insertion.isNew === false || isMounted(recording);
    const handOvers = isOld ? [] : this.receivers.handOversOf(recording);
    const result = await this.recordings.insert(recording, { findings, locations, handOvers });
    return { recording: (await this.recordings.find(recording.id)) ?? recording, result, warnings };
  }

  /** What is refused here is in the audit. */
  private async noting<T>(entry: Omit<AuditEntry, 'outcome'>, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      const detail = [...(entry.detail === undefined ? [] : [entry.detail]), describeError(error)].join('; ');
      await this.audit.append({ ...entry, outcome: 'refused', detail });
      throw error;
    }
  }

  /** What the stored files are, with the leaves that the recorder sent. @throws RcsError for what will never play. */
  private async look(
    { user, requestId }: Insertion,
    recording: Recording,
    { mediaFiles }: InsertRecording,
  ): Promise<MediaFinding[]> {
    const trees = new Map(mediaFiles.map(({ mediaId, contentTree }) => [mediaId, contentTree]));
    const findings = await this.inspection.inspect({ recording, userName: user.name, requestId }, recording.mediaFiles);
    return findings.map(finding => withLeaves(finding, trees.get(finding.mediaId)));
  }

  private async recordingOf(
    body: InsertRecording,
    contactCenter: string,
    leaves: ReadonlyMap<string, string> = new Map(),
  ): Promise<Recording> {
    const {
      id,
      region,
      callerPhoneNumber,
      dialedPhoneNumber,
      startTime,
      stopTime,
      mediaFiles,
      eventHistory,
      ...additional
    } = body;
    return {
      id,
      contactCenter,
      region: region ?? this.region,
      mediaFiles: await Promise.all(mediaFiles.map(file => mediaFileOf(file, leaves.get(file.mediaId)))),
      ...present({ callerPhoneNumber, dialedPhoneNumber, startTime, stopTime, eventHistory }),
      ...present({ additional: nonEmpty(additional) }),
    };
  }

  private async locationsOf({ mediaFiles, contactCenter }: Recording): Promise<ClaimedLocation[]> {
    const locations = mediaFiles.map(async (mediaFile, index) => {
      try {
        return await this.claims.of([mediaFile], contactCenter);
      } catch (error) {
        if (!(error instanceof RcsError && error.code === 'RCS_MEDIA_LOCATION_REFUSED')) throw error;
        const why = error.publicDetail;
        throw new RcsError('RCS_MEDIA_LOCATION_REFUSED', undefined, {
          publicDetail: [`mediaFiles.${index}.mediaDescriptor`, ...(why === undefined ? [] : [why])].join(': '),
          cause: error,
        });
      }
    });
    return (await Promise.all(locations)).flat();
  }
}

async function mediaFileOf(file: InsertMediaFile, knownLeaf: string | undefined): Promise<MediaFile> {
  const { mediaId, type, mediaDescriptor, contentTree, ...rest } = file;
  const { startTime, stopTime, callUUID, duration, size, tenant, ivrprofile, parameters, certAlias, ...others } = rest;
  const { pkcs7: sent, ...more } = others;
  const pkcs7 = sent === undefined ? undefined : await envelopeAsDer(sent);
  const stored: MediaFile = {
    mediaId,
    type,
    mediaDescriptor,
    leaf: knownLeaf ?? `${randomUUID()}${extensionOf(mediaId, type)}`,
    ...present({ startTime, stopTime, callUUID, duration, size, tenant, ivrprofile, parameters, pkcs7, certAlias }),
    ...present({ contentTree: contentTree && { length: contentTree.length, root: contentTree.root } }),
    ...present({ additional: nonEmpty(more) }),
  };
  return { ...stored, recipients: recipientsOfMediaFile(stored) };
}

function entryOf({ user, address, requestId, detail }: Insertion, { id, contactCenter }: Recording) {
  const subject = { user: user.name, contactCenter, recording: id, requestId };
  return { event: 'recording-inserted', ...subject, ...present({ address, detail }) } as const;
}

function parseBody(body: unknown): InsertRecording {
  const parsed = parseInput(insertRecordingSchema, body);
  const ids = parsed.mediaFiles.map(file => file.mediaId);
  if (new Set(ids).size < ids.length) {
    throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'mediaFiles: every mediaId may occur once' });
  }
  return parsed;
}

/** Players such as Safari want an extension in the URL. */
function extensionOf(mediaId: string, type: string): string {
  const own = /\.([A-Za-z0-9]{1,5})$/.exec(mediaId)?.[1]?.toLowerCase();
  const byType = /^(?:(?:audio|video)\/(?:x-)?|text\/(?=vtt)|application\/(?=json))([a-z0-9]{1,5})(?:\s*;|$)/i
    .exec(type)?.[1]
    ?.toLowerCase();
  const extension = own === undefined || own === 'bin' ? byType : own;
  return extension === undefined ? '' : `.${extension}`;
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** With the leaves that the recorder sent, where it did. */
const withLeaves = (finding: MediaFinding, tree: InsertMediaFile['contentTree']): MediaFinding =>
  tree?.leaves === undefined
    ? finding
    : { ...finding, leaves: tree.leaves, pin: { ...finding.pin, ...partRootsOf(tree.length, tree.leaves) } };

const nonEmpty = (values: object): JsonObject | undefined =>
  Object.keys(values).length === 0 ? undefined : (values as JsonObject);
