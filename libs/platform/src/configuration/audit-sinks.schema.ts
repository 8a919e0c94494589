import { z } from 'zod';
import { filePath, port, secret, trustedCA } from './option-types.js';

/** A syslog server that keeps audit checkpoints. */
export const auditSyslog = z
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
