import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

const separator = '\n\n';
const longestNote = 4 * 1024 * 1024;
const mostSignatures = 16;
const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

/** A text and who signed it. */
export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** What is read is no signed note. */
export class MalformedNote extends Error {
  override readonly name = 'MalformedNote';
}

/**
 * Signs a text as a note of https://c2sp.org/signed-note: ECDSA on P-256 over its SHA-256, in DER (signature type 0x02), which
 * `openssl dgst -sha256 -verify` checks.
 * @param text ends with a newline and has no empty line.
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const signature = Buffer.concat([
    keyIdOf(createPublicKey(privateKey)),
    sign('sha256', Buffer.from(text), privateKey),
  ]);
  return `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`;
}

/** @throws MalformedNote */
export function parseNote(note: string): Note {
  if (note.length > longestNote) throw new MalformedNote(`it is ${note.length} characters long`);
  const end = note.lastIndexOf(separator);
  if (end < 0 || !note.endsWith('\n')) throw new MalformedNote('it has no signatures');
  const lines = note.slice(end + separator.length, -1).split('\n');
  if (lines.length > mostSignatures) throw new MalformedNote(`it has ${lines.length} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/** Whether the key signed the note under this name. */
export function isSignedBy({ text, signatures }: Note, name: string, publicKey: KeyObject): boolean {
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
  const keyId = keyIdOf(publicKey);
  const own = signatures.filter(signature => signature.name === name && signature.keyId.equals(keyId));
  return own.length > 0 && own.every(({ signature }) => verify('sha256', Buffer.from(text), publicKey, signature));
}

/** The first bytes of the SHA-256 of the public key in SPKI form, as signature type 0x02 has them. */
function keyIdOf(publicKey: KeyObject): Buffer {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'buffer').subarray(0, 4);
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = signatureLine.exec(line) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  // Node reads over what is no whole base64: one note must not have several forms.
  const isWhole = bytes.toString('base64') === base64;
  if (name === '' || bytes.length < 5 || !isWhole) throw new MalformedNote('a line of its signatures is none');
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}
