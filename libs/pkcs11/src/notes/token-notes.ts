import * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import { findObjects, readAttributes } from '../keys/token-objects.js';
import type { TokenSession } from '../sessions/token-session.js';

/**
 * Something that was written down beside the keys: a data object (CKO_DATA). It lives as long as they do, and everyone
 * who opens the token reads the same.
 */
export interface TokenNote {
  readonly name: string;
  readonly content: Buffer;
}

const { CKA_APPLICATION, CKA_CLASS, CKA_LABEL, CKA_MODIFIABLE, CKA_PRIVATE, CKA_TOKEN, CKA_VALUE, CKO_DATA } = pkcs11;
/** CKA_APPLICATION: what other software keeps in the token is none of our business. */
const application = 'recording-crypto-server';
const ours: pkcs11.Template = [
  { type: CKA_CLASS, value: CKO_DATA },
  { type: CKA_APPLICATION, value: application },
];

/** All notes. Some modules ignore the application in a search, so that it is compared here as well. */
export function readNotes(session: TokenSession): TokenNote[] {
  return findObjects(session, ours).flatMap(object => {
    const [owner, label, value] = readAttributes(session, object, [CKA_APPLICATION, CKA_LABEL, CKA_VALUE]) ?? [];
    if (owner?.toString('utf8') !== application || label === undefined) return [];
    return [{ name: label.toString('utf8'), content: value ?? Buffer.alloc(0) }];
  });
}

/**
 * Writes a note; one of this name that is there stays as it is.
 * @throws TokenError unsupported when the token does not keep what it is given.
 */
export function writeNote(session: TokenSession, { name, content }: TokenNote): void {
  if (findNote(session, name).length > 0) return;
  session.library.C_CreateObject(session.handle, [
    ...ours,
    { type: CKA_TOKEN, value: true },
    // Only who has the PIN reads, changes or removes it.
    { type: CKA_PRIVATE, value: true },
    { type: CKA_MODIFIABLE, value: false },
    { type: CKA_LABEL, value: name },
    { type: CKA_VALUE, value: content },
  ]);
  if (findNote(session, name).length === 0) {
    throw new TokenError('unsupported', 'the token does not keep data objects (CKO_DATA)');
  }
}

/** Removes the note of this name; none is there afterwards. */
export function removeNote(session: TokenSession, name: string): void {
  for (const object of findNote(session, name)) session.library.C_DestroyObject(session.handle, object);
}

const findNote = (session: TokenSession, name: string): pkcs11.Handle[] =>
  findObjects(session, [...ours, { type: CKA_LABEL, value: name }]);
