import { createHash } from 'node:crypto';

/** Whom a new recording is encrypted for. */
export interface Recipients {
  /** False: nothing is assigned, recordings are made unencrypted. */
  readonly encrypted: boolean;
  readonly certificates: readonly { readonly alias: string; readonly certificate: string }[];
}

export function recipientsOf(certificates: Recipients['certificates']): Recipients {
  return { encrypted: certificates.length > 0, certificates };
}

const tagLength = 22;

/** The same for the same certificates in the same order, on every gateway. */
export function recipientsTag({ certificates }: Recipients): string {
  const text = JSON.stringify(certificates.map(({ alias, certificate }) => [alias, certificate]));
  return createHash('sha256').update(text).digest('base64url').slice(0, tagLength);
}
