import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '#platform';
import { GatewayAnswerError, type GatewayClient } from '../../gateway-client/gateway-client.js';
import type { EncryptedRecording } from '../encrypt-recording.js';
import type { Plaintext } from '../plaintext.js';
import { placeOf } from '../record-media.js';
import type { RecorderStorage, WebDavAccess } from '../recorder-storage.js';

/** A media file that a recording names, and that lies plain in the storage. */
interface PlainMedia {
  readonly recordingId: string;
  readonly mediaId: string;
  readonly path: string;
}

interface StoredPlace {
  readonly path: string;
  readonly state: 'plain' | 'encrypted' | 'unnamed' | 'going' | 'refused';
  readonly media?: readonly PlainMedia[];
}

/** What became of one stored file. */
export type StoredEvent =
  | {
      readonly event: 'encrypted' | 'would-encrypt';
      readonly file: string;
      readonly recording: string;
      readonly newFile?: string;
    }
  | { readonly event: 'unnamed' | 'going' | 'encrypted-already'; readonly file: string }
  | { readonly event: 'failed'; readonly file: string; readonly reason: string };

export interface EncryptionNow {
  readonly aliases: readonly string[];
  readonly encrypt: (plaintext: Plaintext) => EncryptedRecording;
}

export interface StoredEncryption {
  readonly gateway: GatewayClient;
  readonly storage: RecorderStorage;
  readonly webdav: WebDavAccess;
  readonly dryRun: boolean;
  /** How to encrypt at this moment: whom for may change during a long run. */
  readonly encryption: () => Promise<EncryptionNow>;
  readonly tell: (event: StoredEvent) => void;
  readonly signal: AbortSignal;
}

const path = '/rcs/media-encryptions';
const placesAtOnce = 100;
/** A gateway that is away is waited for as long. */
const patienceMs = 60_000;
const pauseMs = 1000;
/** Plain files go ten seconds after the switch. */
const removalPatienceMs = 45_000;

/**
 * Encrypts plain recordings where they lie: a new file first, read back; then the gateway opens and compares it, and switches;
 * then the plain one goes, which the gateway sees to. A run that was killed left nothing behind that the next one, or the
 * gateway by itself, does not finish or remove.
 */
export class EncryptStored {
  private lately: string[] = [];

  constructor(private readonly how: StoredEncryption) {}

  /** @throws Error for what no further file would get past: the gateway is away, or refuses who asks. */
  async run(files: AsyncIterable<string>): Promise<void> {
    let some: string[] = [];
    for await (const file of files) {
      some.push(file);
      if (some.length < placesAtOnce) continue;
      await this.encryptAll(some);
      some = [];
    }
    await this.encryptAll(some);
  }

  /** Waits until the plain files of the last encryptions are gone. @returns those that are still there. */
  async awaitRemovals(): Promise<readonly string[]> {
    const until = Date.now() + removalPatienceMs;
    for (;;) {
      this.lately = (await this.placesOf(this.lately)).filter(({ state }) => state === 'going').map(({ file }) => file);
      if (this.lately.length === 0 || Date.now() > until || this.how.signal.aborted) return this.lately;
      await sleep(pauseMs);
    }
  }

  private async encryptAll(files: readonly string[]): Promise<void> {
    for (const { file, state, media = [] } of await this.placesOf(files)) {
      this.how.signal.throwIfAborted();
      if (state === 'unnamed' || state === 'going') this.how.tell({ event: state, file });
      else if (state === 'encrypted') this.how.tell({ event: 'encrypted-already', file });
      else if (state === 'refused')
        this.how.tell({
          event: 'failed',
          file,
          reason: 'it is in no storage of the contact center: name --storage-url',
        });
      for (const one of media) await this.encrypt(file, one);
    }
  }

  private async encrypt(file: string, media: PlainMedia): Promise<void> {
    const { tell, dryRun } = this.how;
    const recording = media.recordingId;
    if (dryRun) {
      tell({ event: 'would-encrypt', file, recording });
      return;
    }
    try {
      tell({ event: 'encrypted', file, recording, newFile: await this.encrypted(file, media) });
      this.lately = [...this.lately.slice(1 - placesAtOnce), file];
    } catch (error) {
      if (isOfAll(error)) throw error;
      tell({ event: 'failed', file, reason: describeError(error) });
    }
  }

  private async encrypted(file: string, media: PlainMedia): Promise<string> {
    const { storage } = this.how;
    const { recordingId, mediaId } = media;
    const asked = { recordingId, mediaId, path: media.path };
    const { aliases, encrypt } = await this.how.encryption();
    const { newPath } = (await this.patiently(() => this.how.gateway.call('POST', path, asked))) as { newPath: string };
    const newFile = `${file}${newPath.slice(media.path.length)}`;
    let questions = 0;
    try {
      const plaintext = await storage.plaintext(file);
      let written: EncryptedRecording | undefined;
      await storage.store(newFile, () => (written = encrypt(plaintext)));
      const pkcs7 = (written?.envelope ?? Buffer.alloc(0)).toString('base64');
      const finished = { ...asked, newPath, pkcs7, certAlias: aliases };
      await this.patiently(() => {
        questions++;
        return this.how.gateway.call('PUT', path, finished);
      });
      return newFile;
    } catch (error) {
      // Where a question had no answer some gateway may still be at it: then what lies there is the gateways' to remove.
      const isCertain = questions === 0 || (questions === 1 && !isUnanswered(error));
      if (isCertain) await storage.remove(newFile).catch(() => undefined);
      throw error;
    }
  }

  private async placesOf(files: readonly string[]): Promise<readonly (StoredPlace & { readonly file: string })[]> {
    if (files.length === 0) return [];
    const paths = files.map(file => placeOf(file, this.how.webdav));
    const answer = await this.patiently(() => this.how.gateway.call('POST', `${path}/places`, { paths }));
    return (answer as { places: StoredPlace[] }).places.map((place, index) => ({ ...place, file: files[index] ?? '' }));
  }

  /** The same question twice is one: what is being done, or was lost on the way, is asked for again. */
  private async patiently(ask: () => Promise<unknown>): Promise<unknown> {
    for (let until = Date.now() + patienceMs; ;) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof GatewayAnswerError && error.code === 'RCS_ENCRYPTION_PENDING')
          until = Date.now() + patienceMs;
        else if (!isUnanswered(error) || Date.now() > until) throw error;
        this.how.signal.throwIfAborted();
        await sleep(pauseMs);
      }
    }
  }
}

/** Nobody knows what became of it: the gateway is away or overloaded, or something before it answered. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof GatewayAnswerError)) return isConnectionLoss(error);
  return error.code === undefined ? error.status >= 500 : [503, 504].includes(error.status);
}

const isConnectionLoss = (error: unknown): boolean => {
  const code = (error as { code?: unknown; name?: unknown } | null)?.code;
  return (
    (error as Error | null)?.name === 'TimeoutError' || (typeof code === 'string' && /^(?:UND_ERR|E[A-Z]+)/.test(code))
  );
};

/** What every further file would hear, too. */
const isOfAll = (error: unknown): boolean =>
  isUnanswered(error) || (error instanceof GatewayAnswerError && [401, 403].includes(error.status));
