import { X509Certificate } from 'node:crypto';

/** RFC 9325, section 4.5. */
export const leastRsaBits = 2048;
/** OpenSSL's own limit is 2048 bits from security level 2 on; level 1 takes 1024. */
const weakLevel = '@SECLEVEL=1';

/** As an outgoing connection takes them that may meet weak keys; otherwise there are none to choose. */
export const outgoingCiphers = (allowWeakKeys: boolean | undefined): { readonly ciphers?: string } =>
  allowWeakKeys === true ? { ciphers: `DEFAULT${weakLevel}` } : {};

/** The cipher suites of a server whose certificate may have a weak key. */
export const serverCiphers = (ciphers: string, allowWeakKeys: boolean | undefined): string =>
  allowWeakKeys === true ? `${ciphers}:${weakLevel}` : ciphers;

/** What an option says about keys under 2048 bits; without a name the connection has no such option. */
export interface WeakKeyRule {
  readonly allowWeakKeys?: boolean | undefined;
  /** Name of the option that allows them, for messages. */
  readonly allowOption?: string | undefined;
}

/** The option `allowWeakKeys` that stands beside another one. */
export const allowOptionBeside = (option: string): string => option.replace(/[^.]+$/, 'allowWeakKeys');

/** What is wrong with the first of these certificates (PEM) that has a weak RSA key; undefined where none has, or they may. */
export function weakKeyProblem(
  certificates: readonly string[],
  { allowWeakKeys, allowOption }: WeakKeyRule,
): string | undefined {
  if (allowWeakKeys === true) return undefined;
  for (const pem of certificates) {
    const { subject, publicKey } = new X509Certificate(pem);
    const { modulusLength: bits } = publicKey.asymmetricKeyDetails ?? {};
    if (publicKey.asymmetricKeyType !== 'rsa' || bits === undefined || bits >= leastRsaBits) continue;
    const name = subject.split('\n').join(', ');
    const advice = `make keys of ${leastRsaBits} bits${allowOption === undefined ? '' : `, or write ${allowOption}: true`}`;
    return `${name} has an RSA key of ${bits} bits, which is too weak: ${advice}`;
  }
  return undefined;
}
