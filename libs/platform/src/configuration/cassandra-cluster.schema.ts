import { z } from 'zod';
import { allowWeakKeys, filePath, milliseconds, port, secret } from './option-types.js';

const host = z.string().regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s/:,]+)(:\d{1,5})?$/, 'must be a host, or host:port');
const hosts = z.array(host).min(1);

/** Cassandra for the recordings, by the names that Interaction Recording Web Services has; those at the end are our own. */
export const cassandraCluster = () =>
  z.strictObject({
    nodes: z
      .union([z.string().transform(written => written.split(',').map(node => node.trim())), z.array(z.string())])
      .pipe(hosts)
      .describe('Some nodes, as their certificates name them, in a list or with commas between; the others are found.'),
    keyspace: z
      .string()
      .regex(/^[A-Za-z0-9_]{1,48}$/)
      .default('rcs')
      .describe('Where the tables are; `rcsctl store prepare-cassandra` makes them.'),
    useSSL: z.boolean().default(false).describe('false, as in the original: everything crosses the network in clear.'),
    trustStore: filePath
      .optional()
      .describe(
        "Who signed the nodes' certificates: JKS or PKCS#12, whatever the name of the file, or PEM. Absent: the authorities that Node.js knows.",
      ),
    truststorePassword: secret.optional().describe('Of that file.'),
    userName: z.string().min(1).optional().describe('Absent: anonymous, where the nodes allow it.'),
    password: secret.optional(),
    thrift_port: port.optional().describe('Of the original; has no use, Thrift is gone from Cassandra 4.'),
    jmx_port: port.optional().describe('Of the original; has no use, nothing here speaks JMX.'),
    port: port.default(9042).describe('Of the native protocol, on every node.'),
    localDataCenter: z
      .string()
      .min(1)
      .optional()
      .describe('Only its nodes are asked; the copies of all data centers count for a majority either way.'),
    allowWeakKeys,
    connectTimeoutMs: milliseconds.default(2000).describe('For one attempt to connect.'),
    operationTimeoutMs: milliseconds
      .default(3000)
      .describe('For one operation, what it waits for and repeats after a lost answer included.'),
  });
