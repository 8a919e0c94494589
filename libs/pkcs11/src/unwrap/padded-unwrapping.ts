import { tokenFault } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import { finishDecryption, startDecryption } from './decryption.js';
import { pseudoRandomKey } from './implicit-rejection.js';
import { KeptRejectionSecret, type NotesOfToken } from './kept-rejection-secret.js';
import { OwnCiphertexts } from './own-ciphertexts.js';
import { substituteMessage } from './own-length.js';
import { SchemesInToken } from './schemes-in-token.js';
import type { EncryptedSessionKey } from './session-key-decoding.js';
import { mechanismOf } from './token-paddings.js';

/**
 * Unwraps with the paddings of the token, for tokens that do no raw RSA. Wrong padding gives a pseudo-random key here,
 * too, the same at every vault; its time is the token's.
 *
 * What the token answers to a ciphertext does not tell whose fault a failure is. So every ciphertext, whatever came of it, is
 * followed by one of our own in the same session: when the token opens that, the answer stands, as a message or as a
 * pseudo-random key; when it does not, the token is at fault and no answer counts. Both kinds take the same calls, and so
 * the same time: who sends ciphertexts learns nothing by counting or timing.
 */
export class PaddedUnwrapping {
  private readonly rejectionSecret = new KeptRejectionSecret();
  private readonly own = new OwnCiphertexts();
  private readonly schemes = new SchemesInToken(this.own);

  /** @throws TokenError unsupported, or unavailable as a fault of the token: neither has to do with the ciphertext */
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
    await this.schemes.require(session, key, scheme);
    startDecryption(session, key, mechanismOf(scheme));
    const { message, ckr } = await finishDecryption(session, key, encryptedKey);
    const proof = await this.own.proof(session, key, scheme);
    if (!proof.opens) {
      message?.fill(0);
      throw tokenFault('decrypting a ciphertext of our own', proof.ckr ?? ckr);
    }
    if (message !== undefined && (sessionKeyLength === 'own' || message.length === sessionKeyLength)) return message;
    message?.fill(0);
    return substitute;
  }
}
