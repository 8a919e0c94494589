import type { CertificateInfo } from '#certificates';

const longest = 100;

/** A name for a certificate nobody has named: whom it is for, and from when. */
export function suggestAlias({ issuedTo, notBefore }: Pick<CertificateInfo, 'issuedTo' | 'notBefore'>): string {
  const name = issuedTo
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, longest);
  return `${name === '' ? 'certificate' : name}-${notBefore.toISOString().slice(0, 10)}`;
}

/** The name, or the name with the end of the fingerprint where another certificate has it. */
export function freeAlias(suggested: string, fingerprint: string, taken: ReadonlySet<string>): string {
  return taken.has(suggested) ? `${suggested}-${fingerprint.slice(0, 8)}` : suggested;
}
