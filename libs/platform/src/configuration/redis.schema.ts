import { z } from 'zod';
import { filePath, milliseconds, secret, trustedCA } from './option-types.js';

const address = z.string().regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s/:[\]]+):\d{1,5}$/, 'must be host:port');

const sentinel = () =>
  z.strictObject({
    name: z.string().min(1).describe('Of the primary that the sentinels watch: the word after `sentinel monitor`.'),
    addresses: z.array(address).min(1).describe('The sentinels, host:port; name all of them.'),
    userName: z.string().min(1).optional().describe('Of the sentinels themselves; that of Redis is redis.userName.'),
    password: secret.optional().describe('Of the sentinels themselves (requirepass or ACL), if they have one.'),
    enableSsl: z
      .boolean()
      .default(true)
      .describe('Whether the sentinels speak TLS, with the trust and the certificate of redis.'),
  });

/** What each layout needs, and how the message calls it. */
const needed = {
  single: { option: 'url', message: 'say where Redis is: redis://host:port or rediss://host:port' },
  sentinel: { option: 'sentinel', message: 'name the sentinels and what they watch: addresses, name' },
  cluster: { option: 'clusterNodes', message: 'name nodes of the cluster, host:port' },
} as const;

/** Where sessions, throttles, the worker registry and events are kept. */
export const redis = () =>
  z
    .strictObject({
      kind: z
        .enum(['single', 'sentinel', 'cluster'])
        .default('single')
        .describe('single: the one of url. sentinel: a primary that Redis Sentinel replaces. cluster: Redis Cluster.'),
      url: z
        .string()
        .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
        .optional()
        .describe('For single: redis://host:port, or rediss:// for TLS.'),
      sentinel: sentinel().optional().describe('For sentinel.'),
      clusterNodes: z
        .array(address)
        .min(1)
        .optional()
        .describe('For cluster: some of its nodes, host:port; they name the others.'),
      enableSsl: z
        .boolean()
        .default(true)
        .describe(
          'For sentinel and cluster: false, and everything crosses the network in clear. url says it by its scheme.',
        ),
      userName: z.string().optional(),
      password: secret.optional(),
      redisTrustedCA: trustedCA,
      redisJksPassword: secret.optional().describe('Of the keystore that redisTrustedCA names.'),
      redisKeyStorePath: filePath
        .optional()
        .describe('Certificate and key to show when Redis asks for one: JKS, PKCS#12 or PEM.'),
      redisKeyStorePassword: secret.optional().describe('Of that keystore.'),
      connectTimeoutMs: milliseconds.default(2000).describe('For one attempt to connect.'),
      commandTimeoutMs: milliseconds.default(1000).describe('For one command.'),
      keyPrefix: z.string().default('rcs:').describe('Before the name of every key, for a Redis that others use, too.'),
    })
    .superRefine((settings, context) => {
      // Whoever names them without the kind would go on with the one Redis of url, and believe that it is not alone.
      const unread = (['sentinel', 'cluster'] as const).filter(kind => settings[needed[kind].option] !== undefined);
      if (settings.kind === 'single' && unread.length > 0) {
        for (const kind of unread) {
          const why = `is read with redis.kind: ${kind} only, and redis.kind is single`;
          context.addIssue({ code: 'custom', path: [needed[kind].option], message: why });
        }
        return;
      }
      const { option, message } = needed[settings.kind];
      if (settings[option] === undefined) context.addIssue({ code: 'custom', path: [option], message });
    });
