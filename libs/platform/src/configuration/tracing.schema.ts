import { z } from 'zod';
import { secret, trustedCA } from './option-types.js';

/** Traces over OTLP/HTTP; off when the section is absent. */
export const tracing = () =>
  z.strictObject({
    otlpEndpoint: z
      .url({ protocol: /^https?$/, error: 'must start with http:// or https://' })
      .describe('Of the collector, with its path: http://collector:4318/v1/traces'),
    otlpHeaders: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'must be a header name'), secret)
      .default({})
      .describe('Sent with every request to the collector, for instance its API key.'),
    otlpTrustedCA: trustedCA.describe(
      "true: the system's authorities; false: no check; a path: the PEM file of those that are trusted.",
    ),
    sampleRatio: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('Share of the traces that are recorded, 0 to 1, decided where a request enters the cluster.'),
  });

export type TracingConfiguration = z.output<ReturnType<typeof tracing>>;
