import type { MediaFinding } from '../recordings/pinned-media.js';
import type { MediaDescriptor } from '../recordings/recording.js';

/** A media file of one recording. */
export interface NamedMedia {
  readonly recordingId: string;
  readonly mediaId: string;
}

/** Of which contact center, and where it lies at the moment: what lies elsewhere by now is left alone. */
export interface PlainMedia extends NamedMedia {
  readonly contactCenter: string;
  /** Of the media descriptor. */
  readonly path: string;
}

/** Where the encrypted file of a plain one is going to lie. */
export interface EncryptionPlan extends PlainMedia {
  readonly descriptor: MediaDescriptor;
  readonly location: string;
  /** Milliseconds since the epoch: what lies there then, and no recording names, is removed. */
  readonly leaseUntil: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The encrypted file in the place of the plain one. */
export interface MediaEncryption extends PlainMedia {
  /** The place of the plain file, which is removed unless another recording names it. */
  readonly plainLocation: string;
  readonly descriptor: MediaDescriptor;
  readonly location: string;
  /** Base64. */
  readonly pkcs7: string;
  readonly certAlias: readonly string[];
  readonly recipients: readonly string[];
  /** How the encrypted file was found, with its leaves. */
  readonly finding: MediaFinding;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the plain file goes, likewise: a playback that began a moment ago may still want it. */
  readonly removeAt: number;
}

/**
 * `encrypted`: in force from now on. `unchanged`: it was in force already. `changed`: the recording is gone, or the media
 * file is not the plain one any more. `overtaken`: the plan is not in force any more, and what was stored for it goes.
 */
export type EncryptionOutcome = 'encrypted' | 'unchanged' | 'changed' | 'overtaken';

/**
 * Puts encrypted files in the place of plain ones. A planned file is, from before its first byte on, among the stored files
 * that are to be removed; what makes a recording name it takes it out there, and puts the plain file in, in one transaction.
 * So whoever dies when: one of the two is named and stays, and the other one goes. Every method rejects with
 * RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface MediaEncryptionStore {
  /** Media files of recordings that name this place. */
  namedBy(location: string): Promise<readonly NamedMedia[]>;

  /** Whether a stored file of the contact center that lies there is about to be removed. */
  isBeingRemoved(location: string, contactCenter: string): Promise<boolean>;

  /**
   * Ends earlier plans for the media file. False when the media file is not there, or lies elsewhere.
   * @throws RcsError RCS_MEDIA_LOCATION_TAKEN
   */
  plan(plan: EncryptionPlan): Promise<boolean>;

  /** @throws RcsError RCS_RECORDING_HELD where the stored file must stay as it is. */
  encrypt(encryption: MediaEncryption): Promise<EncryptionOutcome>;
}
