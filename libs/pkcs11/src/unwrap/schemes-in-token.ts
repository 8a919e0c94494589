import { TokenError, tokenFault } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenSession } from '../sessions/token-session.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';
import type { OaepHash } from './oaep.js';
import type { OwnCiphertexts } from './own-ciphertexts.js';

const noLabel = Buffer.alloc(0);
const oaep = (hash: OaepHash): KeyEncryptionScheme => ({ scheme: 'rsaes-oaep', hash, mgfHash: hash, label: noLabel });
/** One of these works in every token that decrypts at all. */
const common: readonly KeyEncryptionScheme[] = [
  { scheme: 'rsaes-pkcs1-v1_5' },
  ...(['sha1', 'sha256', 'sha384', 'sha512', 'sha224'] as const).map(oaep),
];

/**
 * Which schemes a token does as it should. Some take the parameters of RSAES-OAEP and ignore them (SoftHSM 2.6 the label,
 * tpm2-pkcs11 the hash of MGF1), which would give pseudo-random keys for good blocks. So the first block of every scheme makes
 * us try one of our own.
 */
export class SchemesInToken {
  private readonly done = new Map<string, string>();

  constructor(private readonly own: OwnCiphertexts) {}

  /**
   * @throws TokenError unsupported where the token opens no ciphertext of this scheme but those of another, unavailable as a
   *   fault where it opens none
   */
  async require(session: TokenSession, key: TokenKey, scheme: KeyEncryptionScheme): Promise<void> {
    const kind = kindOf(scheme);
    const known = this.done.get(kind) ?? (await this.find(session, key, scheme, kind));
    if (known !== works) throw new TokenError('unsupported', known);
  }

  private async find(session: TokenSession, key: TokenKey, scheme: KeyEncryptionScheme, kind: string): Promise<string> {
    const { opens, ckr } = await this.own.proof(session, key, scheme);
    if (!opens && !(await this.opensAny(session, key, kind)))
      throw tokenFault('decrypting a ciphertext of our own', ckr);
    const found = opens ? works : `the token cannot do ${kind} itself${ckr === undefined ? '' : `: ${ckr}`}`;
    this.done.set(kind, found);
    return found;
  }

  private async opensAny(session: TokenSession, key: TokenKey, except: string): Promise<boolean> {
    for (const scheme of common.filter(one => kindOf(one) !== except)) {
      if ((await this.own.proof(session, key, scheme)).opens) return true;
    }
    return false;
  }
}

const works = '';

/** What a token either does or does not. */
export function kindOf(scheme: KeyEncryptionScheme): string {
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') return 'RSAES-PKCS1-v1_5';
  const { hash, mgfHash, label } = scheme;
  const mgf = hash === mgfHash ? '' : ` and MGF1 with ${mgfHash}`;
  return `RSAES-OAEP with ${hash}${mgf}${label.length > 0 ? ' and a label' : ''}`;
}
