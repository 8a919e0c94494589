import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { Password } from '../../password-based-encryption/password.js';
import { WorkLimit } from '../../password-based-encryption/work-limits.js';
import { CertificateError } from '../../certificate-error.js';
import { checkedPrivateKeyInfo, decryptPrivateKeyInfo } from '../../private-key/encrypted-private-key.js';
import { privateKeyPasswordMissing } from '../../private-key/private-key-errors.js';
import type { KeystoreEntry } from '../keystore.js';
import { Issuers, type BagCertificate } from './certificate-chain.js';
import type { SafeBag } from './safe-bags.js';

const mostBags = 2_000;

type KeyBag = Extract<SafeBag, { type: 'key' | 'shrouded-key' }>;
type CertificateBag = Extract<SafeBag, { type: 'certificate' }>;

/**
 * Puts keys and certificates together: by localKeyId, else by name, else by the key itself. Certificates that belong to
 * no key are trusted ones.
 * @param limit of the work that reading the whole file may take.
 * @throws RangeError
 */
export function entriesOf(bags: readonly SafeBag[], password: Password | undefined, limit: WorkLimit): KeystoreEntry[] {
  if (bags.length > mostBags) throw new RangeError(`it has ${bags.length} bags`);
  const certificates = bags.filter(bag => bag.type === 'certificate').map(withNames);
  const issuers = new Issuers(certificates);
  const used = new Set<BagCertificate>();
  const number = numbering();
  const keys = bags
    .filter(bag => bag.type === 'key' || bag.type === 'shrouded-key')
    .map((bag): KeystoreEntry => {
      const own = certificateOf(bag, certificates, () => openBag(bag, password, limit));
      const chain = own === undefined ? [] : issuers.chainFrom(own);
      for (const certificate of chain) used.add(certificate);
      return {
        type: 'private-key',
        alias: bag.friendlyName ?? own?.friendlyName ?? number('key'),
        createdAt: createdAt(bag.localKeyId),
        certificateChain: chain.map(({ der }) => der),
        openPrivateKey: (given = password) => openBag(bag, given, new WorkLimit()),
      };
    });
  const secrets = bags
    .filter(bag => bag.type === 'secret')
    .map((bag): KeystoreEntry => ({
      type: 'secret-key',
      alias: bag.friendlyName ?? number('secret'),
      createdAt: createdAt(bag.localKeyId),
    }));
  const trusted = certificates
    .filter(certificate => !used.has(certificate))
    .map(({ friendlyName, der }): KeystoreEntry => ({
      type: 'trusted-certificate',
      alias: friendlyName ?? number('certificate'),
      createdAt: undefined,
      certificate: der,
    }));
  return [...keys, ...secrets, ...trusted];
}

/** Names for what has none: `key-1`, `key-2`, ... */
function numbering(): (kind: string) => string {
  const counts = new Map<string, number>();
  return kind => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind}-${count}`;
  };
}

function withNames({ der, friendlyName, localKeyId }: CertificateBag): BagCertificate {
  return { der, friendlyName, localKeyId, parsed: parsed(der) };
}

/** A certificate that Node does not read still stands in the list; nothing is chained to it. */
function parsed(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

function openBag(bag: KeyBag, password: Password | undefined, limit: WorkLimit): Buffer {
  if (bag.type === 'key') return checkedPrivateKeyInfo(Buffer.from(bag.info));
  if (password === undefined) throw privateKeyPasswordMissing();
  return decryptPrivateKeyInfo(bag.info, password, limit);
}

function certificateOf(
  { localKeyId, friendlyName }: KeyBag,
  certificates: readonly BagCertificate[],
  openPrivateKey: () => Buffer,
): BagCertificate | undefined {
  if (localKeyId !== undefined) {
    const own = certificates.find(certificate => certificate.localKeyId?.equals(localKeyId));
    if (own !== undefined) return own;
  }
  const named = friendlyName === undefined ? [] : certificates.filter(other => other.friendlyName === friendlyName);
  return named.length === 1 ? named[0] : certificateOfKey(certificates, openPrivateKey);
}

/** For files that tie nothing together. A key that does not open with the password of the file stays without. */
function certificateOfKey(
  certificates: readonly BagCertificate[],
  openPrivateKey: () => Buffer,
): BagCertificate | undefined {
  let info: Buffer | undefined;
  try {
    info = openPrivateKey();
    const publicKey = createPublicKey(createPrivateKey({ key: info, format: 'der', type: 'pkcs8' }));
    return certificates.find(({ parsed: certificate }) => certificate?.publicKey.equals(publicKey));
  } catch (error) {
    if (error instanceof CertificateError || info !== undefined) return undefined;
    throw error;
  } finally {
    info?.fill(0);
  }
}

/** Java writes `Time <milliseconds>` as localKeyId. */
function createdAt(localKeyId: Buffer | undefined): Date | undefined {
  const [, milliseconds] = /^Time (\d{1,15})$/.exec(localKeyId?.toString('latin1') ?? '') ?? [];
  return milliseconds === undefined ? undefined : new Date(Number(milliseconds));
}
