import { RcsError } from '#platform';

/** What a backup says of its key, readable by everybody; the same stands inside, with the key. */
export interface KeyBackupDescription {
  /** RECORDING or LOCAL_KEY_MANAGER. */
  readonly purpose: string;
  readonly contactCenter: string;
  readonly alias: string;
  /** Lower-case hexadecimal. */
  readonly keyIdentifier: string;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly certificateFingerprint: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly expires: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface KeyBackupFile {
  readonly description: KeyBackupDescription;
  /** PEM of the recording certificate. */
  readonly certificate: string;
  /** EnvelopedData, DER. */
  readonly cms: Buffer;
}

const fields = [
  'purpose',
  'contactCenter',
  'alias',
  'keyIdentifier',
  'certificateFingerprint',
  'subject',
  'expires',
  'createdAt',
] as const satisfies readonly (keyof KeyBackupDescription)[];

const introduction = [
  'Encrypted copy of a recording key. Only the private key of a recovery certificate opens it:',
  '  openssl cms -decrypt -inform PEM -in THIS_FILE -recip recovery.pem -inkey recovery.key -out key.pem',
];
const lineLength = 64;

/**
 * The file of a backup: explanations, the description, the CMS and the certificate. OpenSSL's reader of PEM passes over
 * all that stands before the CMS.
 */
export function formatKeyBackup({ description, certificate, cms }: KeyBackupFile): string {
  return [
    ...introduction,
    ...descriptionLines(description),
    '-----BEGIN CMS-----',
    ...(cms.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []),
    '-----END CMS-----',
    certificate.trim(),
    '',
  ].join('\n');
}

/** `name: "value"`, one for each field. */
export function descriptionLines(description: KeyBackupDescription): string[] {
  return fields.map(name => `${name}: ${JSON.stringify(description[name])}`);
}

/** @throws RcsError RCS_INVALID_VALUE when the text is no backup of a key. */
export function parseKeyBackup(file: string): KeyBackupFile {
  const text = file.replace(/\r\n?/g, '\n');
  const base64 = /^-----BEGIN CMS-----\n([A-Za-z0-9+/=\s]+)^-----END CMS-----/m.exec(text)?.[1];
  const certificate = /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\s]+^-----END CERTIFICATE-----/m.exec(text)?.[0];
  if (base64 === undefined || certificate === undefined) throw notABackup('it has no CMS and certificate');
  return {
    description: parseDescription(text),
    certificate: `${certificate}\n`,
    cms: Buffer.from(base64, 'base64'),
  };
}

/** The description out of the lines of a file or of what is encrypted in it. @throws RcsError RCS_INVALID_VALUE */
export function parseDescription(text: string): KeyBackupDescription {
  const lines = text.split(/\r\n?|\n/);
  const found = fields.map(name => {
    const line = lines.find(candidate => candidate.startsWith(`${name}: `));
    return [name, line === undefined ? undefined : parseText(line.slice(name.length + 2))] as const;
  });
  const missing = found.find(([, value]) => value === undefined);
  if (missing !== undefined) throw notABackup(`the line "${missing[0]}" is missing`);
  return Object.fromEntries(found) as unknown as KeyBackupDescription;
}

function parseText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function notABackup(reason: string): RcsError {
  return new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: `the file is no backup of a key: ${reason}` });
}
