import { createCertificateRequest, createSelfSignedCertificate, type ExternalSigner } from '#certificates';
import type {
  AttachCertificateRequest,
  CreateCertificateSigningRequestReply,
  CreateCertificateSigningRequestRequest,
  CreateSelfSignedCertificateRequest,
  KeyReply,
  SubjectMessage,
} from '#contracts';
import { rsaPublicKey } from '#pkcs11';
import { RcsError } from '#platform';
import type { KeyUse } from '../callers/key-use-audit.js';
import type { RecordedUse } from '../journal/recorded-use.js';
import { checkedCertificate, checkedKeyName, checkedName, fromCertificateError } from './checked-input.js';
import type { KeyStore } from '../token/key-store.js';
import type { VaultKey } from '../token/vault-key.js';

const dayMs = 86_400_000;
const longestValidityDays = 3650;
/** The clocks of recorders differ from ours; a fresh certificate must be good there at once. */
const clockToleranceMs = 5 * 60_000;

/** Certificates for keys that were made in the token: asked for, signed by themselves, or brought by an authority. */
export class CertificateService {
  constructor(private readonly keys: KeyStore) {}

  /** @throws RcsError RCS_INVALID_VALUE for a bad subject, RCS_KEY_REFUSED for a key that was imported */
  async request(
    request: CreateCertificateSigningRequestRequest,
    use: KeyUse,
    signal: AbortSignal,
  ): Promise<CreateCertificateSigningRequestReply> {
    const key = await this.key(request, signal);
    const subject = checkedSubject(request.subject);
    const signer = this.signer(key, await use.record(key), signal);
    const certificateSigningRequest = await refusable(createCertificateRequest(subject, signer));
    return { certificateSigningRequest };
  }

  /** @throws RcsError as `request` and `attach` */
  async selfSign(request: CreateSelfSignedCertificateRequest, use: KeyUse, signal: AbortSignal): Promise<KeyReply> {
    const key = await this.key(request, signal);
    const { validityDays } = request;
    if (validityDays < 1 || validityDays > longestValidityDays) {
      const publicDetail = `validityDays must be 1 to ${longestValidityDays}`;
      throw new RcsError('RCS_INVALID_VALUE', 'bad validity', { publicDetail });
    }
    const notBefore = new Date(Date.now() - clockToleranceMs);
    const notAfter = new Date(Date.now() + validityDays * dayMs);
    const wanted = { ...checkedSubject(request.subject), notBefore, notAfter };
    const recorded = await use.record(key);
    const pem = await refusable(createSelfSignedCertificate(wanted, this.signer(key, recorded, signal)));
    return this.store(key, request.alias, pem, recorded, signal);
  }

  /** @throws RcsError RCS_KEY_REFUSED when the certificate is another key's, RCS_KEY_EXISTS when the alias is taken */
  async attach(request: AttachCertificateRequest, use: KeyUse, signal: AbortSignal): Promise<KeyReply> {
    const key = await this.key(request, signal);
    return this.store(key, request.alias, request.certificate, await use.record(key), signal);
  }

  private async key(
    request: { readonly key: CreateCertificateSigningRequestRequest['key'] },
    signal: AbortSignal,
  ): Promise<VaultKey> {
    return (await this.keys.lookup.named(checkedKeyName(request.key), 'RECORDING', signal))[0];
  }

  private async store(
    key: VaultKey,
    wantedAlias: string,
    pem: string,
    recorded: RecordedUse,
    signal: AbortSignal,
  ): Promise<KeyReply> {
    this.keys.requireEnabled(key);
    const alias = checkedName('alias', wantedAlias === '' ? key.alias : wantedAlias);
    const certificate = checkedCertificate(pem);
    if (!certificate.publicKey.equals(publicKeyOf(key))) {
      const publicDetail = 'the certificate was issued for another key';
      throw new RcsError('RCS_KEY_REFUSED', publicDetail, { publicDetail });
    }
    return { key: this.keys.entry(await this.keys.attach(key, alias, certificate, recorded, signal)) };
  }

  private signer(key: VaultKey, recorded: RecordedUse, signal: AbortSignal): ExternalSigner {
    return { publicKey: publicKeyOf(key), sign: message => this.keys.sign(key, message, recorded, signal) };
  }
}

const publicKeyOf = ({ tokenKey }: VaultKey) => rsaPublicKey(tokenKey.modulus, tokenKey.publicExponent);

function checkedSubject(subject: SubjectMessage | null | undefined): SubjectMessage {
  if (subject !== null && subject !== undefined) return subject;
  throw new RcsError('RCS_MISSING_PARAMETER', 'no subject', { publicDetail: 'give the subject of the certificate' });
}

async function refusable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fromCertificateError(error);
  }
}
