import { sameIssuerAndSerialNumber, type IssuerAndSerialNumber } from '#asn1';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import type { KeyEntry } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';

const listTimeoutMs = 30_000;

/** The keys of a contact center in each vault. @throws RcsError when a vault does not answer. */
export function keysOfEveryVault(
  vaults: KeyVaultClient,
  contactCenter: string,
): Promise<readonly (readonly KeyEntry[])[]> {
  return Promise.all(
    vaults.endpoints.map(
      async vault => (await vault.call('ListKeys', { contactCenter }, { timeoutMs: listTimeoutMs })).keys,
    ),
  );
}

/**
 * What to tell of a certificate whose name another key of the contact center bears: recipients in envelopes name it by
 * issuer and serial number or by key identifier (RFC 5652 section 6.2.1), and do not say which of the two they mean.
 */
export function sameNameNotice(certificate: CertificateInfo, present: readonly KeyEntry[]): string | undefined {
  const rival = present.find(({ certificate: pem }) => sharesName(certificate, parseCertificatePem(pem)[0]));
  if (rival === undefined) return undefined;
  return (
    `the key ${JSON.stringify(rival.alias)} has the same issuer and serial number, or key identifier: envelopes do not tell the two ` +
    'apart, so recordings are tried with both, and both have to be kept'
  );
}

function sharesName(one: CertificateInfo, other: CertificateInfo): boolean {
  if (one.keyIdentifier.equals(other.keyIdentifier)) return false;
  if (sameIssuerAndSerialNumber(issued(one), issued(other))) return true;
  const names = keyNames(one);
  return keyNames(other).some(name => names.includes(name));
}

const issued = ({ issuerDer: issuer, serialNumberOctets: serialNumber }: CertificateInfo): IssuerAndSerialNumber => ({
  issuer,
  serialNumber,
});

const keyNames = ({ keyIdentifier, subjectKeyIdentifier = keyIdentifier }: CertificateInfo): string[] =>
  [keyIdentifier, subjectKeyIdentifier].map(identifier => identifier.toString('hex'));
