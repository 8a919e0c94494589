import { parseEnvelope } from '#cms';
import type { RewrapOutcome } from '#contracts';
import type { EnvelopeReplacement, RewrapFailure, RewrapRun, StoredEnvelope } from '#store';
import { recipientsOfEnvelope, recipientsOfMediaFile } from '../envelopes/recipient-names.js';

/** What one page of media files comes to. */
export interface BatchResult {
  readonly replacements: readonly EnvelopeReplacement[];
  readonly unchanged: number;
  readonly failures: readonly RewrapFailure[];
}

/** A media file with its envelope in the metadata. */
export interface RewrappableEnvelope {
  readonly recordingId: string;
  readonly file: StoredEnvelope['mediaFile'];
  readonly pkcs7: string;
  readonly bytes: Buffer;
}

/** Media files whose envelope lies in the metadata as CMS; that of all others is part of what is never touched. */
export function rewrappable(page: readonly StoredEnvelope[]): RewrappableEnvelope[] {
  return page.flatMap(({ recording, mediaFile }) => {
    const { pkcs7 } = mediaFile;
    if (pkcs7 === undefined) return [];
    return [{ recordingId: recording.id, file: mediaFile, pkcs7, bytes: Buffer.from(pkcs7, 'base64') }];
  });
}

/** Which names of the certificate that is left mean another key as well. */
interface SourceNames {
  readonly recipients: readonly string[];
  readonly shared: ReadonlySet<string>;
}

/**
 * Sets envelopes aside whose only names for the certificate are shared with another key: which one they are for is known
 * by their content alone, and a wrong guess would put bytes into them that open nothing. The vault sees the keys that it
 * has; this sees those that it once had, too.
 */
export function byCertainty(
  envelopes: readonly RewrappableEnvelope[],
  { recipients, shared }: SourceNames,
): { readonly envelopes: readonly RewrappableEnvelope[]; readonly ambiguous: readonly RewrapFailure[] } {
  const isAmbiguous = ({ file: { pkcs7, certAlias }, bytes }: RewrappableEnvelope): boolean => {
    const names = (recipientsOfEnvelope(bytes) ?? recipientsOfMediaFile({ pkcs7, certAlias })).filter(name =>
      recipients.includes(name),
    );
    return names.length > 0 && names.every(name => shared.has(name));
  };
  if (shared.size === 0) return { envelopes, ambiguous: [] };
  return {
    envelopes: envelopes.filter(envelope => !isAmbiguous(envelope)),
    ambiguous: envelopes.filter(isAmbiguous).map(({ recordingId, file: { mediaId } }) => ({
      recordingId,
      mediaId,
      reason: 'RCS_KEY_AMBIGUOUS: its recipient has a name that another key of the contact center has, too',
    })),
  };
}

export const withFailures = (result: BatchResult, failures: readonly RewrapFailure[]): BatchResult => ({
  ...result,
  failures: [...failures, ...result.failures],
});

/** Sorts the answers of the vault; each new envelope must differ from the old one in nothing but its recipients. */
export function batchResult(
  envelopes: readonly RewrappableEnvelope[],
  outcomes: readonly RewrapOutcome[],
  run: Pick<RewrapRun, 'from' | 'to' | 'mode'>,
): BatchResult {
  const replacements: EnvelopeReplacement[] = [];
  const failures: RewrapFailure[] = [];
  let unchanged = 0;
  envelopes.forEach((envelope, index) => {
    const outcome = outcomes[index];
    const place = { recordingId: envelope.recordingId, mediaId: envelope.file.mediaId };
    if (outcome === undefined) failures.push({ ...place, reason: 'the vault gave no answer' });
    else if (outcome.failure != null) failures.push({ ...place, reason: reasonOf(outcome.failure) });
    else if (outcome.envelope.length === 0) unchanged++;
    else if (!sameContent(envelope.bytes, outcome.envelope)) {
      failures.push({ ...place, reason: 'the vault answered an envelope of other content' });
    } else replacements.push(replacementOf(envelope, outcome.envelope, run));
  });
  return { replacements, unchanged, failures };
}

function replacementOf(
  { recordingId, file, pkcs7: expected }: RewrappableEnvelope,
  envelope: Buffer,
  { from, to, mode }: Pick<RewrapRun, 'from' | 'to' | 'mode'>,
): EnvelopeReplacement {
  const pkcs7 = envelope.toString('base64');
  const aliases = (file.certAlias ?? []).filter(alias => mode === 'add' || alias !== from);
  const certAlias = [...new Set([...aliases, to])];
  const recipients = recipientsOfMediaFile({ pkcs7, certAlias });
  return { recordingId, mediaId: file.mediaId, expected, pkcs7, certAlias, recipients };
}

function sameContent(before: Buffer, after: Buffer): boolean {
  const [left, right] = [parseEnvelope(before), parseEnvelope(after)];
  return (
    left.kind === right.kind &&
    left.contentType === right.contentType &&
    left.contentEncryption.algorithm === right.contentEncryption.algorithm &&
    left.contentEncryption.iv.equals(right.contentEncryption.iv)
  );
}

const reasonOf = ({ code, detail }: { readonly code: string; readonly detail: string }): string =>
  detail === '' ? code : `${code}: ${detail}`;
