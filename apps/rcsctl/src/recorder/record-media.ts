import { setTimeout as delay } from 'node:timers/promises';
import type { ContentTree } from '#media-storage';
import { GatewayAnswerError, type GatewayClient, type InsertedResource } from '../gateway-client/gateway-client.js';
import { recordingEncryption, type EncryptedRecording, type RecordingEncryption } from './encrypt-recording.js';
import type { Plaintext } from './plaintext.js';
import { recorderName } from './recorder-name.js';
import { RecorderStorage, type WebDavAccess } from './recorder-storage.js';

/** One media file, on its way into the storage. */
export interface MediaFileJob extends RecordingEncryption {
  /** That of the call. */
  readonly callUuid: string;
  /** Of the media file's name, such as `mp3`. */
  readonly extension: string;
  /** Media type, such as `audio/mp3`. */
  readonly type: string;
  readonly plaintext: Plaintext;
  /** `yyyy-MM-ddTHH:mm:ss.SSS+0000` */
  readonly startTime: string;
  /** Further fields of the media file. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly contactCenter: string;
  /** Where below the base of the storage, such as the prefix that belongs to the contact center; made where it is missing. */
  readonly directory?: string | undefined;
  readonly webdav: WebDavAccess;
}

export interface RecordingJob extends Omit<MediaFileJob, 'callUuid'> {
  readonly id: string;
  /** That of the call; the id of the recording when absent. */
  readonly callUuid?: string | undefined;
  /** Further fields of the recording. */
  readonly recording?: Readonly<Record<string, unknown>>;
  readonly gateway: GatewayClient;
  /** The last word before the server hears of what is stored: what it throws leaves a stored file that belongs to no recording. */
  readonly beforeInsertion?: (recording: object) => Promise<void>;
}

/** Larger trees would not fit into the body that a gateway takes: it makes them itself, from the stored file. */
const largestLeaves = 256 * 1024;
const pauseMs = 1000;

/**
 * Does what a recorder does: encrypts, stores the media, then tells the server about it. Whatever it is stopped at, what
 * was there before stays as it is, and a repetition works: an id that is taken is found out before anything is stored, no
 * name of a stored file comes twice, and the server hears of a file only when it was read back and compared.
 */
export async function recordMedia(job: RecordingJob): Promise<InsertedResource> {
  const callUuid = job.callUuid ?? job.id;
  recordingEncryption(job);
  if (await job.gateway.hasRecording(job.id)) throw new Error(takenId(job.id));
  const { path, mediaFile } = await storeMediaFile({ ...job, callUuid });
  const recording = { ...job.recording, id: job.id, startTime: job.startTime, mediaFiles: [mediaFile] };
  await job.beforeInsertion?.(recording);
  return insert(job, path, recording);
}

export interface StoredMediaFile {
  readonly path: string;
  /** What the server is told of it. */
  readonly mediaFile: object;
}

/** Encrypts a media file under a session key of its own, and stores it under a name that nothing else has. */
export async function storeMediaFile(job: MediaFileJob): Promise<StoredMediaFile> {
  const encrypt = recordingEncryption(job);
  const mediaId = recorderName(job.callUuid, job.startTime, job.extension);
  const file = `${mediaId}${job.layout === 'plain' ? '' : '.bin'}`;
  const path = job.directory === undefined ? file : `${job.directory.replace(/\/+$/, '')}/${file}`;
  const { tree, envelope } = await store(job, path, encrypt);
  const mediaFile = {
    callUUID: job.callUuid,
    ...job.metadata,
    mediaId,
    type: job.type,
    size: String(job.plaintext.length),
    startTime: job.startTime,
    mediaDescriptor: { storage: 'webDAV', path: placeOf(path, job.webdav) },
    ...(envelope === undefined ? {} : { pkcs7: envelope.toString('base64') }),
    ...(job.layout === 'plain' ? {} : { certAlias: job.certificates.map(({ alias }) => alias) }),
    contentTree: contentTreeField(tree),
  };
  return { path, mediaFile };
}

/** A path lies in the first storage of the contact center; any other one is named by its URL. */
export function placeOf(path: string, { storageUrl }: WebDavAccess): string {
  return storageUrl === undefined ? path : `${storageUrl.replace(/\/+$/, '')}/${path}`;
}

async function store(
  { webdav, contactCenter, plaintext }: MediaFileJob,
  path: string,
  encrypt: (plaintext: Plaintext) => EncryptedRecording,
): Promise<{ readonly tree: ContentTree; readonly envelope: Buffer | undefined }> {
  const storage = new RecorderStorage(webdav, contactCenter);
  let encrypted: EncryptedRecording | undefined;
  try {
    const tree = await storage.store(path, () => (encrypted = encrypt(plaintext)));
    return { tree, envelope: encrypted?.envelope };
  } finally {
    await storage.close();
  }
}

/** The same insertion twice is one: where an answer got lost, it is asked for again. */
async function insert(job: RecordingJob, path: string, recording: object): Promise<InsertedResource> {
  try {
    return await job.gateway.insertRecording(job.contactCenter, recording);
  } catch (first) {
    if (isRefusal(first)) throw notInserted(job, path, first);
    await delay(pauseMs);
    try {
      return await job.gateway.insertRecording(job.contactCenter, recording);
    } catch (second) {
      if (isRefusal(second)) throw notInserted(job, path, second);
      const message =
        `whether the recording ${job.id} was inserted is not known (${messageOf(second)}): ask with ` +
        `"rcsctl verify ${job.id}", and record again if there is none; ${path} is stored`;
      throw new Error(message, { cause: second });
    }
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof GatewayAnswerError && error.status >= 400 && error.status < 500;

function notInserted({ id }: RecordingJob, path: string, error: unknown): Error {
  const reason = error instanceof GatewayAnswerError && error.status === 409 ? takenId(id) : messageOf(error);
  const message = `${reason}. The stored file ${path} belongs to no recording and may be removed`;
  return new Error(message, { cause: error });
}

const takenId = (id: string): string =>
  `a recording ${id} exists already and stays as it is: leave --id out, or choose another`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function contentTreeField({ length, root, leaves }: ContentTree): object {
  return { length, root, ...(leaves.length > largestLeaves ? {} : { leaves: leaves.toString('base64') }) };
}
