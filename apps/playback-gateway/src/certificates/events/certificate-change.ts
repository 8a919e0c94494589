import { z } from 'zod';

/** What happened, told to every gateway and to open consoles. Nothing in it is secret within the contact center. */
export const certificateChangeSchema = z.object({
  contactCenter: z.string(),
  kind: z.enum(['certificate', 'assignment', 'rewrap', 'expiry']),
  /** `uploaded`, `deleted`, ... */
  action: z.string(),
  alias: z.string().optional(),
  by: z.string(),
  at: z.string(),
});

export type CertificateChange = Readonly<z.output<typeof certificateChangeSchema>>;
