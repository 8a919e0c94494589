import { z } from 'zod';

const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Members that say where a grant counts, and in whose hands. Grants of before had none. */
export const bindingMembers = {
  /** `vaultAudience` of the cluster whose vaults it is for (RFC 7519, 4.1.3). */
  aud: z.string().min(1).max(256).optional(),
  /** The certificate of who may show it (RFC 7800, 3.1; RFC 8705, 3.1). */
  cnf: z.strictObject({ 'x5t#S256': thumbprint }).optional(),
};

export interface GrantBinding {
  readonly aud?: string | undefined;
  readonly cnf?: { readonly 'x5t#S256': string } | undefined;
}
