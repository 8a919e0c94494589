import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificatePem } from '#certificates';
import type { KeyEntry } from '#contracts';
import type { Configuration, StoreConfiguration } from '#platform';
import { documentDatabaseName, openStore, type RecordingCertificate } from '#store';
import type { VaultInventory } from './vault-inventory.js';

/** A key that recordings need, wherever it is known from. */
export interface KnownKey {
  readonly contactCenter: string;
  readonly alias: string;
  /** Lower-case hexadecimal. */
  readonly keyIdentifier: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** undefined for a key that has no certificate yet. */
  readonly certificate:
    { readonly fingerprint: string; readonly subject: string; readonly expires: string } | undefined;
}

/** The keys in all tokens, and those that a token may have lost: of certificates in the store, and of copies. */
export async function knownKeys(inventory: VaultInventory, configuration: Configuration): Promise<KnownKey[]> {
  const stored = await storedCertificates(configuration);
  const copied = inventory.copyFiles.map(({ description, certificate }) => ({ ...description, certificate }));
  const known = new Map<string, KnownKey>();
  for (const key of [...inventory.keys.map(fromToken), ...[...stored, ...copied].map(fromCertificate)]) {
    const name = [key.contactCenter, key.keyIdentifier, key.certificate?.fingerprint ?? ''].join('/');
    if (!known.has(name)) known.set(name, key);
  }
  return [...known.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

const nameOf = ({ contactCenter, alias }: KnownKey): string => `${contactCenter}/${alias}`;

function fromToken({ contactCenter, alias, keyIdentifier, certificate, publicKey }: KeyEntry): KnownKey {
  return {
    contactCenter,
    alias,
    keyIdentifier,
    publicKey: Buffer.from(publicKey),
    certificate: certificate === '' ? undefined : described(certificate),
  };
}

function fromCertificate({ contactCenter, alias, keyIdentifier, certificate }: NamedCertificate): KnownKey {
  const [{ publicKey }] = parseCertificatePem(certificate);
  return {
    contactCenter,
    alias,
    keyIdentifier,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    certificate: described(certificate),
  };
}

function described(pem: string): NonNullable<KnownKey['certificate']> {
  const [{ fingerprint, subjectDn, notAfter }] = parseCertificatePem(pem);
  return { fingerprint, subject: subjectDn, expires: notAfter.toISOString() };
}

type NamedCertificate = Pick<RecordingCertificate, 'contactCenter' | 'alias' | 'keyIdentifier' | 'certificate'>;

/** None where the configuration names no store or it is empty. Deleted certificates count while their keys are kept. */
async function storedCertificates({ store: settings }: Configuration): Promise<RecordingCertificate[]> {
  if (settings === undefined || isEmpty(settings)) return [];
  const store = await openStore({ store: settings }, { auditWriter: 'rcsctl' });
  try {
    return (await store.certificates.list()).filter(({ keyRemovedAt }) => keyRemovedAt === undefined);
  } finally {
    await store.close();
  }
}

/** Nobody has opened it yet: looking into it would make it. */
const isEmpty = ({ directory }: StoreConfiguration): boolean =>
  directory !== undefined && !existsSync(join(directory, documentDatabaseName));
