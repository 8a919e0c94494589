import { z } from 'zod';
import { filePath, milliseconds, port, secret, trustedCA } from './option-types.js';

/** A syslog server that keeps audit checkpoints. */
export const auditSyslog = () =>
  z
    .strictObject({
      host: z.string().min(1).describe('Name or address; a name must stand in its certificate.'),
      port: port.default(6514),
      syslogTrustedCA: trustedCA,
      syslogJksPassword: secret.optional().describe('Of the keystore that syslogTrustedCA names.'),
      syslogKeyStorePath: filePath
        .optional()
        .describe('Certificate and key to show when the server asks for one: JKS, PKCS#12 or PEM.'),
      syslogKeyStorePassword: secret.optional().describe('Of that keystore.'),
    })
    .describe('A syslog server over TLS (RFC 5425) that keeps checkpoints, too.');

/** A bucket with object lock that keeps audit checkpoints. */
export const auditS3 = () =>
  z
    .strictObject({
      endpoint: z
        .url({ protocol: /^https?$/, error: 'must start with http:// or https://' })
        .optional()
        .describe('Of the service, without the bucket; that of AWS in this region when absent.'),
      region: z.string().min(1).default('us-east-1'),
      bucket: z.string().min(3).max(63).describe('It must have been made with object lock.'),
      prefix: z
        .string()
        .max(512)
        .regex(/^([A-Za-z0-9!_.*'()-]+\/)*$/, 'must be empty or end with / and be made of safe characters')
        .default('audit-checkpoints/')
        .describe('Before the names of the objects; a store has its own.'),
      pathStyle: z
        .boolean()
        .default(false)
        .describe(
          'The bucket stands in the path of the URL instead of its host name, as many services of others want it.',
        ),
      accessKeyId: z.string().min(1),
      secretAccessKey: secret,
      retentionDays: z
        .int()
        .min(1)
        .max(36_500)
        .default(365)
        .describe('How long nobody can delete a checkpoint or change it.'),
      lockMode: z
        .enum(['COMPLIANCE', 'GOVERNANCE'])
        .default('COMPLIANCE')
        .describe('COMPLIANCE: nobody at all; GOVERNANCE: whoever the service gives the right to bypass it.'),
      s3TrustedCA: trustedCA,
      s3JksPassword: secret.optional().describe('Of the keystore that s3TrustedCA names.'),
    })
    .describe('A bucket with object lock (S3) that keeps checkpoints, too.');

export type AuditS3Configuration = z.output<ReturnType<typeof auditS3>>;

/** A collector that audit records are sent to. */
export const auditOtlp = () =>
  z
    .strictObject({
      endpoint: z
        .url({ protocol: /^https?$/, error: 'must start with http:// or https://' })
        .describe('Of the collector, with its path: https://collector:4318/v1/logs'),
      otlpHeaders: z
        .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'must be a header name'), secret)
        .default({})
        .describe('Sent with every request to the collector, for instance its API key.'),
      otlpTrustedCA: trustedCA,
      otlpJksPassword: secret.optional().describe('Of the keystore that otlpTrustedCA names.'),
      intervalMs: milliseconds.default(5000).describe('How often gateways look for records that were not sent.'),
    })
    .describe('A collector that gets every audit record as a log (OTLP/HTTP with JSON), personal fields included.');

export type AuditOtlpConfiguration = z.output<ReturnType<typeof auditOtlp>>;
