import { Inject, Injectable } from '@nestjs/common';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import type { KeyEntry } from '#contracts';
import type { Logger } from '#platform';
import type { CertificateStore, RecordingCertificate } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { summariesOfPem } from '../envelopes/certificate-summary.js';

interface InToken {
  readonly entry: KeyEntry;
  readonly certificate: CertificateInfo;
}

/**
 * Takes in certificates that came into the token in another way than by the gateway, such as with `rcsctl import-key`.
 * Whoever reads the list has that done, and no job in the background: an upload brings a key to the vaults before its
 * certificate is stored, and must not find that somebody took it in meanwhile.
 */
@Injectable()
export class TokenCertificates {
  /** Of lists of keys that the vaults were asked for once and that are shown until they are asked again. */
  private readonly fingerprints = new WeakMap<readonly KeyEntry[], readonly (string | undefined)[]>();
  /** By such a list, the list of the store that has all that it has. */
  private readonly complete = new WeakMap<readonly KeyEntry[], readonly RecordingCertificate[]>();

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The certificates of the store, deleted ones too, with those that only these keys of the token had. */
  async listWith(contactCenter: string, keys: readonly KeyEntry[]): Promise<readonly RecordingCertificate[]> {
    const stored = await this.certificates.list(contactCenter);
    if (this.complete.get(keys) === stored) return stored;
    const known = new Set(stored.map(({ fingerprint }) => fingerprint));
    const fresh = (await this.fingerprintsOf(keys)).flatMap((fingerprint, index) =>
      fingerprint === undefined || known.has(fingerprint) ? [] : inToken(keys[index]),
    );
    if (fresh.length === 0) {
      this.complete.set(keys, stored);
      return stored;
    }
    for (const one of fresh) await this.adopt(contactCenter, one);
    return this.certificates.list(contactCenter);
  }

  /** Of the certificate of each key; undefined for one that has none. */
  private async fingerprintsOf(keys: readonly KeyEntry[]): Promise<readonly (string | undefined)[]> {
    const known = this.fingerprints.get(keys);
    if (known !== undefined) return known;
    const withOne = keys.filter(({ certificate }) => certificate !== '');
    const summaries = await summariesOfPem(withOne.map(({ certificate }) => certificate));
    const found = new Map(withOne.map((key, index) => [key, summaries[index]?.fingerprint]));
    const fingerprints = keys.map(key => found.get(key));
    this.fingerprints.set(keys, fingerprints);
    return fingerprints;
  }

  private async adopt(contactCenter: string, { entry, certificate }: InToken): Promise<void> {
    const { alias, keyIdentifier } = entry;
    const { outcome } = await this.certificates.add({
      contactCenter,
      alias,
      certificate: certificate.pem,
      chain: '',
      fingerprint: certificate.fingerprint,
      keyIdentifier,
      keyFormat: 'imported into the token',
      decryptOnly: false,
      state: 'active',
      createdAt: new Date().toISOString(),
      createdBy: 'key vault',
    });
    this.logger.info({ contactCenter, alias, outcome }, 'a certificate of the token was taken into the list');
  }
}

const inToken = (entry: KeyEntry | undefined): InToken[] =>
  entry === undefined ? [] : [{ entry, certificate: parseCertificatePem(entry.certificate)[0] }];
