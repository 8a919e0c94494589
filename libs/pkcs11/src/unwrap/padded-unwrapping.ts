import { ckrOf } from '../errors/ckr-names.js';
import { ambiguousFailures, isOneOf } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import { pseudoRandomKey } from './implicit-rejection.js';
import { KeptRejectionSecret, type NotesOfToken } from './kept-rejection-secret.js';
import { LabelsInToken } from './labels-in-token.js';
import { substituteMessage } from './own-length.js';
import type { EncryptedSessionKey } from './session-key-decoding.js';
import { paddingFailures, startDecryption } from './token-paddings.js';

/**
 * Unwraps with the paddings of the token, for tokens that do no raw RSA. Wrong padding gives a pseudo-random key here,
 * too, the same at every vault; its time is the token's.
 */
export class PaddedUnwrapping {
  private readonly rejectionSecret = new KeptRejectionSecret();
  private readonly labels = new LabelsInToken();

  /** @param onDoubt called when the token answered as it would if it were broken. */
  constructor(private readonly onDoubt: () => void) {}

  async unwrap(
    session: TokenSession,
    key: TokenKey,
    encrypted: EncryptedSessionKey,
    token: NotesOfToken,
  ): Promise<Buffer> {
    const { scheme, encryptedKey, sessionKeyLength } = encrypted;
    const secret = await this.rejectionSecret.of(session, token);
    const ofKey = Buffer.concat([key.id, encryptedKey]);
    const substitute =
      sessionKeyLength === 'own'
        ? substituteMessage(scheme, secret, ofKey, key.modulus.length)
        : pseudoRandomKey(secret, ofKey, sessionKeyLength);
    if (scheme.scheme === 'rsaes-oaep') await this.labels.require(session, key, scheme);
    startDecryption(session, key, scheme);
    try {
      const message = await session.finishDecryption(encryptedKey, key.modulus.length);
      if (sessionKeyLength === 'own' || message.length === sessionKeyLength) return message;
      message.fill(0);
    } catch (error) {
      const ckr = ckrOf(error);
      if (!isOneOf(paddingFailures, ckr)) throw error;
      if (isOneOf(ambiguousFailures, ckr)) this.onDoubt();
    }
    return substitute;
  }
}
