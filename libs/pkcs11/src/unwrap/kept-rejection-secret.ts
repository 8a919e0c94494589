import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { TokenError, toTokenError } from '../errors/token-error.js';
import { findObjects } from '../keys/token-objects.js';
import { writeNote, type TokenNote } from '../notes/token-notes.js';
import type { TokenSession } from '../sessions/token-session.js';
import { rejectionHmacMessage, rejectionSecretFrom } from './implicit-rejection.js';

const name = 'rejection-secret';
const secretBytes = 32;
/** Another vault may have made a key at the same moment; all agree as soon as they have looked again. */
const lookAgainMs = 60_000;

/** The notes of a token as they were read last, and how they are read again. */
export interface NotesOfToken {
  readonly notes: readonly TokenNote[];
  readonly readOnly: boolean;
  readNotes(session: TokenSession): void;
}

/**
 * The rejection secret of a token that does no raw RSA, from which none can be derived. The token keeps it, where only who
 * has the PIN gets at it, so that all vaults and restarts reject alike: as a note, or, where it keeps no data objects, as a
 * key that never leaves it, whose HMAC is the secret.
 */
export class KeptRejectionSecret {
  private current: { readonly secret: Buffer; readonly key: KeyObject } | undefined;
  /** `until` by `performance.now()`. */
  private derived: { readonly secret: Buffer; readonly until: number } | undefined;

  /** @throws TokenError unsupported when the token keeps neither data objects nor HMAC keys */
  async of(session: TokenSession, token: NotesOfToken): Promise<KeyObject> {
    const secret = await this.secretOf(session, token);
    if (this.current?.secret.equals(secret) !== true) this.current = { secret, key: createSecretKey(secret) };
    return this.current.key;
  }

  private async secretOf(session: TokenSession, token: NotesOfToken): Promise<Buffer> {
    const noted = agreed(token.notes);
    if (noted !== undefined) return noted;
    if (this.derived !== undefined && this.derived.until > performance.now()) return this.derived.secret;
    if (findKeys(session).length === 0) {
      if (token.readOnly) throw noPlaceForSecret('is write-protected: open it once where it can be written');
      const written = writtenNote(session, token);
      if (written !== undefined) return written;
      makeKey(session);
    }
    const secret = await derivedSecret(session);
    this.derived = { secret, until: performance.now() + lookAgainMs };
    return secret;
  }
}

/** Two vaults may have written one each at the same moment: both take the smaller, as soon as they see it. */
function agreed(notes: readonly TokenNote[]): Buffer | undefined {
  return smallest(
    notes.filter(note => note.name === name && note.content.length === secretBytes).map(({ content }) => content),
  );
}

const smallest = (secrets: readonly Buffer[]): Buffer | undefined => secrets.toSorted((a, b) => a.compare(b))[0];

/** Undefined when the token takes no data objects. */
function writtenNote(session: TokenSession, token: NotesOfToken): Buffer | undefined {
  const made = { name, content: randomBytes(secretBytes) };
  try {
    writeNote(session, made);
  } catch (error) {
    const { failure } = toTokenError(error, 'keeping the rejection secret');
    if (failure === 'unsupported' || failure === 'internal') return undefined;
    throw error;
  }
  token.readNotes(session);
  return agreed(token.notes) ?? made.content;
}

const label = `recording-crypto-server ${name}`;
const keyTemplate: pkcs11.Template = [
  { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
  { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_GENERIC_SECRET },
  { type: pkcs11.CKA_LABEL, value: label },
];

const findKeys = (session: TokenSession): pkcs11.Handle[] => findObjects(session, keyTemplate);

function makeKey({ library, handle }: TokenSession): void {
  try {
    library.C_GenerateKey(handle, { mechanism: pkcs11.CKM_GENERIC_SECRET_KEY_GEN }, [
      ...keyTemplate,
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_MODIFIABLE, value: false },
      { type: pkcs11.CKA_SIGN, value: true },
      { type: pkcs11.CKA_VALUE_LEN, value: secretBytes },
    ]);
  } catch (error) {
    const { failure, ckr } = toTokenError(error, 'making the rejection secret');
    if (failure !== 'unsupported' && failure !== 'internal') throw error;
    throw noPlaceForSecret('keeps neither data objects (CKO_DATA) nor HMAC keys', ckr);
  }
}

const noPlaceForSecret = (why: string, ckr?: string): TokenError =>
  new TokenError('unsupported', `the token does no raw RSA (CKM_RSA_X_509) and ${why}`, { ckr });

async function derivedSecret(session: TokenSession): Promise<Buffer> {
  const secrets: Buffer[] = [];
  for (const key of findKeys(session)) {
    const mac = await session.sign({ mechanism: pkcs11.CKM_SHA256_HMAC }, key, rejectionHmacMessage, secretBytes);
    secrets.push(rejectionSecretFrom(mac));
    mac.fill(0);
  }
  const secret = smallest(secrets);
  if (secret === undefined) throw new TokenError('unavailable', 'the rejection secret has gone from the token');
  return secret;
}
