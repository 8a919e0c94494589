import { z } from 'zod';
import { parseInput } from '#platform';

export const loginSchema = z.strictObject({
  userName: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^:]*$/, 'a user name holds no colon (RFC 7617)'),
  password: z.string().min(1).max(1024),
});

/**
 * The credentials of a login as a Basic header: those of the header, else those of a JSON body.
 * @throws RcsError RCS_MISSING_PARAMETER, RCS_INVALID_VALUE for a body that is none; it never repeats what was sent.
 */
export function loginAuthorization(header: string | undefined, body: unknown): string | undefined {
  if (header !== undefined || body === undefined || body === null) return header;
  const { userName, password } = parseInput(loginSchema, body, 'a login has userName and password');
  return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
}
