import { z } from 'zod';
import { named } from '../named-schema.js';

/** The only time that a key is told. */
export const issuedCredential = named(
  'IssuedHawkCredential',
  z.strictObject({ id: z.string(), authKey: z.string(), algorithm: z.literal('sha256') }),
);
