import type { z } from 'zod';
import type { GrantBinding } from './grant-members.js';

/** What every grant says besides its content: its id, and from when until when it counts (RFC 7519, seconds). */
export interface GrantFrame extends Pick<GrantBinding, 'aud'> {
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

/** One kind of grant. None passes for another kind. */
export interface GrantKind<Grant extends GrantFrame> {
  /** `typ` of the JWS. */
  readonly type: string;
  /** How long a grant is issued for, at most. */
  readonly lifetimeSeconds: number;
  readonly schema: z.ZodType<Grant>;
}

/** What is granted. */
export type ContentOf<Grant extends GrantFrame> = Omit<Grant, keyof GrantFrame>;
