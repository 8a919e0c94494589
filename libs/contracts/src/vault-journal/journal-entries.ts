import { z } from 'zod';

const text = z.string().max(4096);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Longer than any checkpoint whose quotes and line ends are escaped. */
const longText = z.string().max(256 * 1024);

const operatorEntry = z.strictObject({
  event: z.enum(['operator-unwrap', 'key-disabled', 'key-enabled', 'key-destroyed']),
  /** `failed`: it was allowed, written down and then not carried out. */
  outcome: z.enum(['allowed', 'refused', 'failed']),
  /** Subject of the certificate that signed the grant; absent where nobody could be recognised. */
  operator: text.optional(),
  /** `user@host` as the operator's machine says. */
  user: text.optional(),
  purpose: text.optional(),
  file: text.optional(),
  envelopeDigest: digest.optional(),
  contactCenter: text.optional(),
  certificateAlias: text.optional(),
  /** Lower-case hexadecimal. */
  keyIdentifier: text.optional(),
  requestId: text,
  /** Why it was refused. */
  detail: text.optional(),
});

const usedKey = z.strictObject({
  purpose: text,
  contactCenter: text,
  /** Of its certificate. */
  alias: text,
  /** Lower-case hexadecimal; empty for a key that is about to be made. */
  keyIdentifier: text,
});

const keyUse = z.strictObject({
  event: z.literal('key-use'),
  /** unwrap, rewrap, archive-rewrap, decrypt-block, import, ... */
  operation: text,
  requestId: text,
  /** Role in the certificate of the caller. */
  caller: text,
  /** Its SHA-256 fingerprint. */
  callerCertificate: text,
  /** All that the operation may use; several where the name in an envelope fits several. */
  keys: z.array(usedKey).min(1),
  /** `jti` of the grant, by which the gateway's audit names it, too. */
  grantId: text.optional(),
  user: text.optional(),
  contactCenter: text.optional(),
  recording: text.optional(),
  mediaFile: text.optional(),
  operator: text.optional(),
  purpose: text.optional(),
  file: text.optional(),
  /** Of a rewrapping, or the archive that is made. */
  run: text.optional(),
  /** SHA-256 of the certificate that a rewrapping is for. */
  to: text.optional(),
  envelopeDigest: digest.optional(),
});

const opened = z.strictObject({
  event: z.literal('journal-opened'),
  /** Of the process that goes on with the chain. */
  instance: text,
  /** What the process of before was writing when it died: no operation began on its account. */
  tornLine: z.strictObject({ bytes: z.int().min(1), digest, beginning: longText }).optional(),
});

const sealed = z.strictObject({
  event: z.literal('journal-sealed'),
  reason: z.enum(['size', 'month']),
  /** Files that are older than those to be kept; they are removed. */
  removed: z.array(text),
});

const countersigned = z.strictObject({
  event: z.literal('audit-checkpoint'),
  requestId: text,
  caller: text,
  callerCertificate: text,
  /** SHA-256 of the checkpoint. */
  digest,
  checkpoint: longText,
});

const archiveSealed = z.strictObject({
  event: z.literal('archive-sealed'),
  requestId: text,
  caller: text,
  callerCertificate: text,
  /** `jti` of the grant. */
  grantId: text,
  /** Id of the archive. */
  archive: text,
  contactCenter: text,
  /** Who asked for it. */
  user: text,
  /** SHA-256 of its manifest. */
  digest,
});

/** What becomes of keys, and what operators open. */
export type OperatorJournalEntry = Readonly<z.output<typeof operatorEntry>>;
/** A use of keys that is about to happen. */
export type KeyUseEntry = Readonly<z.output<typeof keyUse>>;
export type JournalEntry =
  | OperatorJournalEntry
  | KeyUseEntry
  | Readonly<z.output<typeof opened>>
  | Readonly<z.output<typeof sealed>>
  | Readonly<z.output<typeof countersigned>>
  | Readonly<z.output<typeof archiveSealed>>;

const chained = {
  /** Counts from 0 without gaps. */
  sequence: z.int().min(0),
  time: z.iso.datetime(),
  previousHash: digest,
  /** SHA-256 over the line without this member. */
  hash: digest,
};

/** One line of a journal. */
export const journalRecord = z.discriminatedUnion('event', [
  operatorEntry.extend(chained),
  keyUse.extend(chained),
  opened.extend(chained),
  sealed.extend(chained),
  countersigned.extend(chained),
  archiveSealed.extend(chained),
]);

export type JournalRecord = Readonly<z.output<typeof journalRecord>>;
export type OperatorJournalRecord = Extract<JournalRecord, OperatorJournalEntry>;
export type KeyUseRecord = Extract<JournalRecord, KeyUseEntry>;
