import 'reflect-metadata';
import { Name } from '@peculiar/x509';

const commonName = 'CN';
const emailNames = ['E', 'emailAddress', '1.2.840.113549.1.9.1'];

/** A Name as text and the parts of it that lists show. */
export interface DistinguishedName {
  readonly text: string;
  readonly commonName: string | undefined;
  readonly emailAddress: string | undefined;
}

/** Reads a DER Name. Text keeps the order of the certificate, as `openssl -subj` wrote it, and escapes as RFC 4514. */
export function readDistinguishedName(der: Buffer): DistinguishedName {
  const relativeNames = new Name(der).toJSON();
  return {
    text: relativeNames
      .map(relativeName =>
        Object.entries(relativeName)
          .flatMap(([type, values]) => values.map(value => `${type}=${escapeValue(value)}`))
          .join('+'),
      )
      .join(','),
    commonName: firstValue(relativeNames, [commonName]),
    emailAddress: firstValue(relativeNames, emailNames),
  };
}

function firstValue(
  relativeNames: readonly Readonly<Record<string, string[]>>[],
  types: readonly string[],
): string | undefined {
  for (const relativeName of relativeNames) {
    for (const type of types) {
      const [value] = relativeName[type] ?? [];
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

/** RFC 4514, 2.4. */
function escapeValue(value: string): string {
  return value
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replaceAll('\0', '\\00');
}
