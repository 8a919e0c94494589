import { createPrivateKey, hash, X509Certificate, type KeyObject } from 'node:crypto';
import type { InternalIdentity } from '#platform';
import { isValidAt, type CertificateTrust } from '../certificate-trust.js';
import { signedByAnother, StatementRefused } from '../statement/certified-token.js';
import { checkpointText, originOf, parseCheckpointText, type CheckpointContent } from './checkpoint-content.js';
import { isSignedBy, MalformedNote, parseNote, signNote, type Note } from './signed-note.js';

/** A checkpoint as a gateway signed it. */
export interface AuditCheckpointNote {
  readonly content: CheckpointContent;
  /** Hexadecimal SHA-256 of the text without its signatures: what the next checkpoint and witnesses name. */
  readonly digest: string;
  readonly note: string;
}

/** Signs checkpoints with a gateway's TLS identity, whose certificate stands in the text. */
export class AuditCheckpointSigner {
  private readonly key: KeyObject;
  private readonly certificate: X509Certificate;

  constructor(identity: InternalIdentity) {
    this.key = createPrivateKey(identity.keyPem);
    this.certificate = new X509Certificate(identity.certificatePem);
  }

  /** Why nobody would ever believe what is signed at this time, milliseconds since the epoch; undefined where it is believed. */
  problemAt(time: number): string | undefined {
    if (isValidAt(this.certificate, time)) return undefined;
    const { validFrom, validTo } = this.certificate;
    return `the certificate is valid from ${validFrom} to ${validTo}: it has ended, or the clock is wrong`;
  }

  sign(content: CheckpointContent): AuditCheckpointNote {
    const text = checkpointText(content, this.certificate.raw);
    return { content, digest: digestOf(text), note: signNote(text, originOf(content.writer), this.key) };
  }
}

/**
 * Reads a signed checkpoint. The signer's certificate may have ended since: it must have been valid at the signing.
 * @throws StatementRefused for anything that no gateway of the authority signed.
 */
export function readAuditCheckpointNote(note: string, trust: CertificateTrust): AuditCheckpointNote {
  const parsed = parsedNote(note);
  const checkpoint = parseCheckpointText(parsed.text);
  if (checkpoint === undefined) throw new StatementRefused('its text is not that of a checkpoint');
  const { content } = checkpoint;
  const certificate = parsedCertificate(checkpoint.certificate, trust);
  if (!isValidAt(certificate, Date.parse(content.time)))
    throw new StatementRefused('its certificate was not valid at its time: the clock of the gateway was wrong');
  const role = trust.roleOf(certificate, new Date(content.time));
  if (role !== 'playback-gateway') throw signedByAnother(role);
  if (!isSignedBy(parsed, originOf(content.writer), certificate.publicKey)) {
    throw new StatementRefused('its signature is wrong');
  }
  return { content, digest: digestOf(parsed.text), note };
}

/**
 * What a note says, whoever signed it; undefined for what is no checkpoint. For whoever only compares it with what is known
 * otherwise.
 */
export function unprovedCheckpoint(note: string): Pick<AuditCheckpointNote, 'content' | 'digest'> | undefined {
  const { text } = parsedNote(note);
  const checkpoint = parseCheckpointText(text);
  return checkpoint === undefined ? undefined : { content: checkpoint.content, digest: digestOf(text) };
}

const digestOf = (text: string): string => hash('sha256', text, 'hex');

function parsedNote(note: string): Note {
  try {
    return parseNote(note);
  } catch (error) {
    if (error instanceof MalformedNote) throw new StatementRefused(error.message, { cause: error });
    throw error;
  }
}

function parsedCertificate(der: Buffer, trust: CertificateTrust): X509Certificate {
  try {
    return trust.certificateIn(der);
  } catch (error) {
    throw new StatementRefused('its certificate cannot be read', { cause: error });
  }
}
