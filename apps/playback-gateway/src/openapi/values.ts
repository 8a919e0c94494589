import { z } from 'zod';

/** Values that many answers have. */
export const time = z.string().meta({ format: 'date-time' });
export const count = z.int().min(0);
export const aliases = z.array(z.string());

/** `statusCode` of an answer of /api/v2 that succeeded. */
export const succeeded = z.literal(0);
