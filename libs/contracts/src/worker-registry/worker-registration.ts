import { z } from 'zod';

export const workerRegistrationSchema = z.object({
  instance: z.string().min(1).max(256),
  /** https URL of the data plane. */
  url: z.url({ protocol: /^https$/ }),
  /** Streams this worker was sending at its last heartbeat. */
  inFlight: z.int().min(0),
  version: z.string(),
});

/** What a worker says of itself at every heartbeat. */
export type WorkerRegistration = Readonly<z.output<typeof workerRegistrationSchema>>;
