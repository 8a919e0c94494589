import type { ExternalSource } from '../users/account.js';
import type { ByPersonalField } from './personal-fields.js';

export type AuditOutcome = 'allowed' | 'refused' | 'done' | 'failed' | 'aborted';

/** Events this product writes; other names are accepted. */
export type AuditEvent =
  | 'audit-chain-started'
  | 'playback'
  | 'playback-finished'
  | 'playback-refused'
  | 'login'
  | 'login-failed'
  | 'logout'
  | 'session-ended'
  | 'recording-inserted'
  | 'recording-read'
  | 'key-imported'
  | 'certificate-uploaded'
  | 'user-changed'
  | 'contact-center-changed'
  | (string & Record<never, never>);

/** What happened, as the caller of the audit log tells it. Texts beyond 4096 characters are cut and end with `…`. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly outcome: AuditOutcome;
  readonly user?: string;
  /** Which system's account it was; absent for a local one, which may have the same name. */
  readonly userSource?: ExternalSource;
  /** Network address of the client. */
  readonly address?: string;
  readonly contactCenter?: string;
  /** Recording id. */
  readonly recording?: string;
  /** Media id of the media file. */
  readonly mediaFile?: string;
  readonly certificateAlias?: string;
  /** SHA-256 of the envelope that a playback was held to, hexadecimal digits. */
  readonly envelopeDigest?: string;
  /** Whether every stored byte was checked against the content tree that is kept with the recording. */
  readonly contentProof?: 'proved' | 'not proved';
  /** The asked byte range, as in the Range field (RFC 9110 section 14.2). */
  readonly range?: string;
  /** What was sent of the whole, as in the Content-Range field (RFC 9110 section 14.4); absent for several ranges. */
  readonly contentRange?: string;
  /** Plaintext bytes sent. */
  readonly bytes?: number;
  readonly requestId?: string;
  readonly detail?: string;
}

/** An entry in its place in the chain of one writer. */
export interface AuditRecord extends AuditEntry {
  /** Who wrote it: the name of one process, the same after its restart. */
  readonly writer: string;
  /** 0 is the genesis record of the writer, event `audit-chain-started`; then without gaps. */
  readonly sequence: number;
  /** When `append` was called: `yyyy-MM-ddTHH:mm:ss.SSSZ`. */
  readonly time: string;
  /** Hash of the record before; 64 zeros in the genesis record. */
  readonly previousHash: string;
  /** 2: the hash covers commitments to the personal fields. Absent in records of before: it covers the fields themselves. */
  readonly version?: 2;
  /** Of each personal field the salt of its commitment, 32 hexadecimal digits. */
  readonly salts?: ByPersonalField;
  /** The commitments to personal fields whose value and salt were destroyed. */
  readonly erased?: ByPersonalField;
  /**
   * Hex SHA-256 over `previousHash` and the canonical JSON (RFC 8785) of this record without `hash`, `salts` and `erased`,
   * in version 2 with `commitments` (field to hex SHA-256 of salt, name, `=` and value) in the place of the personal fields.
   */
  readonly hash: string;
}
