import {
  CertificateError,
  certificateStatus,
  keyMatchesCertificate,
  parseCertificateDer,
  publicKeyOfRecordingKey,
  type CertificateInfo,
  type CertificateStatus,
  type Keystore,
  type KeystoreEntry,
  type PrivateKeyEntry,
} from '#certificates';
import { isKeyLabelName, keyLabelNameRule, type KeyEntry } from '#contracts';
import { sameNameNotice } from '../key-import/same-name.js';

/** What a certificate says, for lists. */
export interface PlannedCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly expires: string;
  readonly status: CertificateStatus;
  readonly keyBits: number;
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** How many certificates stand above it in the keystore. */
  readonly issuersInChain: number;
}

/** What will become of one alias, and why. */
export interface PlannedEntry {
  /** As in the keystore. */
  readonly alias: string;
  /** Name under which the token gets it. */
  readonly targetAlias: string;
  readonly entryType: KeystoreEntry['type'];
  readonly action: 'import' | 'already-there' | 'refused' | 'not-a-key' | 'left-out';
  readonly certificate?: PlannedCertificate;
  /** Code and sentence for `refused`. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly notice?: string;
}

export interface PlanRequest {
  readonly keystore: Keystore;
  /** Keys of this contact center in each vault. */
  readonly presentKeys: readonly (readonly KeyEntry[])[];
  /** Aliases to import; all when empty. */
  readonly only: readonly string[];
  /** Other names for aliases. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Opens the key of an entry; the result is overwritten. */
  readonly openKey: (entry: PrivateKeyEntry) => Buffer;
  readonly now: Date;
}

const sameAlias = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/**
 * Looks at every entry of a keystore and opens every key, without changing anything anywhere.
 * @throws CertificateError KEYSTORE_ENTRY_MISSING when an alias that was asked for is not in the keystore.
 */
export function planImport(request: PlanRequest): PlannedEntry[] {
  const { keystore, only, renamed } = request;
  for (const wanted of [...only, ...renamed.keys()]) {
    if (keystore.entries.some(({ alias }) => sameAlias(alias, wanted))) continue;
    const names = keystore.entries.map(({ alias }) => `"${alias}"`).join(', ');
    throw new CertificateError('KEYSTORE_ENTRY_MISSING', `the keystore has no alias "${wanted}"; it has ${names}`);
  }
  const taken = new Set<string>();
  return keystore.entries.map(entry => {
    const planned = planEntry(entry, request);
    if (planned.action !== 'import') return planned;
    if (taken.has(planned.targetAlias))
      return refused(planned, 'ALIAS_TWICE', 'another entry gets this alias: rename one');
    taken.add(planned.targetAlias);
    return planned;
  });
}

/** The certificate an entry is imported with. */
export function ownCertificate(entry: PrivateKeyEntry): CertificateInfo {
  const [own] = entry.certificateChain;
  if (own !== undefined) return parseCertificateDer(Buffer.from(own));
  throw new CertificateError(
    'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE',
    'the keystore has no certificate for the key: import it by itself with "rcsctl import-key --certificate"',
  );
}

function planEntry(entry: KeystoreEntry, request: PlanRequest): PlannedEntry {
  const renamed = [...request.renamed].find(([from]) => sameAlias(from, entry.alias));
  const planned = { alias: entry.alias, targetAlias: renamed?.[1] ?? entry.alias, entryType: entry.type };
  if (request.only.length > 0 && !request.only.some(wanted => sameAlias(wanted, entry.alias))) {
    return { ...planned, action: 'left-out' };
  }
  if (entry.type !== 'private-key') return { ...planned, action: 'not-a-key' };
  if (!isKeyLabelName(planned.targetAlias)) {
    return refused(planned, 'ALIAS_INVALID', `an alias ${keyLabelNameRule}: give it another name with --rename`);
  }
  try {
    const certificate = ownCertificate(entry);
    return judgeKey(
      entry,
      certificate,
      { ...planned, certificate: describe(certificate, entry, request.now) },
      request,
    );
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return refused(planned, error.code, error.message);
  }
}

type Undecided = Omit<PlannedEntry, 'action' | 'reason' | 'notice'>;

function judgeKey(
  entry: PrivateKeyEntry,
  certificate: CertificateInfo,
  planned: Undecided,
  request: PlanRequest,
): PlannedEntry {
  const problem = problemOfKey(entry, certificate, request.openKey);
  if (problem !== undefined) return refused(planned, problem.code, problem.message);
  const holders = request.presentKeys.map(keys => keys.find(key => key.certificate.trim() === certificate.pem.trim()));
  const elsewhere = holders.find(holder => holder !== undefined && holder.alias !== planned.targetAlias);
  if (elsewhere !== undefined) {
    return { ...planned, action: 'already-there', notice: `the token has it under the alias "${elsewhere.alias}"` };
  }
  const keyIdentifier = certificate.keyIdentifier.toString('hex');
  const present = request.presentKeys.flat();
  if (present.some(key => key.keyIdentifier === keyIdentifier && key.state === 'DISABLED')) {
    return refused(
      planned,
      'RCS_KEY_DISABLED',
      'the token has this key, disabled: take it back with "rcsctl certificates restore-key"',
    );
  }
  // The same key may stand there with a certificate of before, or without one yet.
  const conflict = present.find(key => key.alias === planned.targetAlias && key.keyIdentifier !== keyIdentifier);
  if (conflict !== undefined) {
    return refused(
      planned,
      'ALIAS_TAKEN',
      'another key in the token has this alias: give it another name with --rename',
    );
  }
  const action = holders.every(holder => holder !== undefined) ? 'already-there' : 'import';
  const notices = [
    noticeOf(certificateStatus(certificate, request.now)),
    sameNameNotice(certificate, request.presentKeys.flat()),
  ].filter(notice => notice !== undefined);
  return { ...planned, action, ...(notices.length === 0 ? {} : { notice: notices.join('; ') }) };
}

function problemOfKey(
  entry: PrivateKeyEntry,
  certificate: CertificateInfo,
  openKey: PlanRequest['openKey'],
): CertificateError | undefined {
  let pkcs8: Buffer | undefined;
  try {
    pkcs8 = openKey(entry);
    if (keyMatchesCertificate(publicKeyOfRecordingKey(pkcs8), certificate)) return undefined;
    return new CertificateError(
      'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE',
      'the private key does not belong to the certificate beside it',
    );
  } catch (error) {
    if (error instanceof CertificateError) return error;
    throw error;
  } finally {
    pkcs8?.fill(0);
  }
}

function noticeOf(status: CertificateStatus): string | undefined {
  switch (status) {
    case 'valid':
      return undefined;
    case 'expired':
      return 'the certificate has expired: its key opens old recordings, new ones need another certificate';
    case 'not-yet-valid':
      return 'the certificate is not valid yet';
  }
}

function describe(certificate: CertificateInfo, entry: PrivateKeyEntry, now: Date): PlannedCertificate {
  return {
    subject: certificate.subjectDn,
    issuer: certificate.issuerDn,
    serialNumber: certificate.serialNumber,
    expires: certificate.notAfter.toISOString(),
    status: certificateStatus(certificate, now),
    keyBits: certificate.modulusBits,
    fingerprint: certificate.fingerprint,
    issuersInChain: entry.certificateChain.length - 1,
  };
}

function refused(planned: Undecided, code: string, message: string): PlannedEntry {
  return { ...planned, action: 'refused', reason: { code, message } };
}
