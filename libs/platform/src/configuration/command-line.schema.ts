import { z } from 'zod';
import { filePath, secret } from './option-types.js';

/** What the command line needs beside the identity of its machine. */
export const rcsctl = () =>
  z.strictObject({
    operator: z
      .strictObject({
        certificateFile: filePath.describe('Their certificate, PEM.'),
        keyFile: filePath.describe('Its private key, PEM.'),
      })
      .optional()
      .describe('Who demands session keys: certificate and key of a person, with the role operator.'),
    /** The gateway, and a user who may play what is verified. */
    gateway: z
      .strictObject({
        url: z.url(),
        caFile: filePath.optional().describe("Authority of its certificate, PEM; the system's when absent."),
        userName: z.string().min(1),
        password: secret,
      })
      .optional(),
  });
