import { z } from 'zod';

/** A name, an id, or another short text of a grant. */
export const text = z.string().min(1).max(1024);
/** Hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Members that say where a grant counts, and in whose hands. Grants of before had none. */
export const bindingMembers = {
  /** `vaultAudience` of the cluster whose vaults it is for (RFC 7519, 4.1.3). */
  aud: z.string().min(1).max(256).optional(),
  /** The certificate of who may show it (RFC 7800, 3.1; RFC 8705, 3.1). */
  cnf: z.strictObject({ 'x5t#S256': thumbprint }).optional(),
};

/** Members of every grant. */
export const frameMembers = {
  jti: text,
  /** Seconds since the epoch, RFC 7519. */
  iat: z.int(),
  exp: z.int(),
  ...bindingMembers,
};

export interface GrantBinding {
  readonly aud?: string | undefined;
  readonly cnf?: { readonly 'x5t#S256': string } | undefined;
}
