import { isIP } from 'node:net';
import { z } from 'zod';

const seconds = z.int().min(1);
const milliseconds = z.int().min(100).max(3_600_000);

/** A list, or the comma-separated text that Genesys RCS takes. */
const list = (fallback: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .default(fallback)
    .transform(value => (typeof value === 'string' ? value.split(',') : value).map(item => item.trim()))
    .transform(items => items.filter(item => item !== ''));

/** scheme://host[:port]; each `*` in the host stands for one or more whole labels. */
const originPattern = /^https?:\/\/(\*|[a-z0-9-]+)(\.(\*|[a-z0-9-]+))*(:\d{1,5})?$/i;

/** Whether a text is an origin whose host may hold `*`; `*` alone is none. */
export const isOriginPattern = (text: string): boolean => originPattern.test(text);

const origins = list('').superRefine((items, context) => {
  for (const item of items) {
    if (item === '*' || isOriginPattern(item)) continue;
    context.addIssue({
      code: 'custom',
      message: `${JSON.stringify(item)} is no origin; write scheme://host[:port] without a path, such as https://*.example.com`,
    });
  }
});

/** Cross-origin resource sharing, with the fields and defaults of the Genesys web services. */
const crossOriginSettings = () =>
  z
    .strictObject({
      allowedOrigins: origins.describe('scheme://host[:port]; a `*` in the host stands for whole labels.'),
      allowedMethods: list('GET,POST,PUT,DELETE,OPTIONS'),
      allowedHeaders: list(
        'X-Requested-With,Content-Type,Accept,Origin,Cookie,authorization,ssid,surl,ContactCenterId,X-CSRF-TOKEN',
      ),
      allowCredentials: z.boolean().default(true).describe('Whether pages of these origins may use the session.'),
      corsFilterCacheTimeToLive: seconds
        .max(86_400)
        .default(120)
        .describe(
          'Seconds until changed origins of a contact center are in force; browsers keep a preflight answer as long.',
        ),
      exposedHeaders: list('X-CSRF-HEADER,X-CSRF-TOKEN'),
    })
    .prefault({})
    .superRefine((settings, context) => {
      if (!settings.allowCredentials || !settings.allowedOrigins.includes('*')) return;
      context.addIssue({
        code: 'custom',
        path: ['allowedOrigins'],
        message: '"*" would let every site act for its visitors; name the origins or set allowCredentials to false',
      });
    });

export const network = z.string().refine(isNetwork, 'must be an IP address or a network such as 10.1.0.0/16');

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** A client that cannot send a token, such as SpeechMiner; all that is given must apply. */
const csrfExemption = () =>
  z
    .strictObject({ userName: z.string().min(1).optional(), address: network.optional() })
    .refine(
      ({ userName, address }) => userName !== undefined || address !== undefined,
      'must name a userName, an address or both',
    );

const sessionCookie = () =>
  z
    .strictObject({
      name: z
        .string()
        .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be a token (RFC 6265)')
        .default('JSESSIONID'),
      sameSite: z
        .enum(['Strict', 'Lax', 'None'])
        .default('Lax')
        .describe('`None` lets pages of other sites use the session; name their origins in crossOriginSettings then.'),
      secure: z
        .boolean()
        .default(true)
        .describe('false only where browsers reach this server without TLS, for development.'),
      partitioned: z
        .boolean()
        .default(false)
        .describe(
          'A session of its own for each site that embeds this one: works where browsers block cookies of third parties.',
        ),
      domain: z.string().min(1).optional().describe('This host alone when absent.'),
      path: z.string().startsWith('/').default('/'),
    })
    .prefault({})
    .superRefine(({ name, sameSite, secure, partitioned, domain, path }, context) => {
      const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
      if (sameSite === 'None' && !secure)
        refuse('sameSite None needs secure: true; browsers drop the cookie otherwise');
      if (partitioned && !secure) refuse('partitioned needs secure: true; browsers drop the cookie otherwise');
      if (name.startsWith('__Secure-') && !secure) refuse('the prefix __Secure- needs secure: true');
      if (name.startsWith('__Host-') && (!secure || domain !== undefined || path !== '/'))
        refuse('the prefix __Host- needs secure: true, path / and no domain');
    });

/** Options of `serverSettings` about sessions, browsers and abuse. */
export const webSettings = () => ({
  sessionMaxInactiveInterval: seconds.max(86_400).default(1800).describe('Idle time-out of a session, seconds.'),
  sessionMaxLifetime: seconds
    .max(604_800)
    .default(43_200)
    .describe('A session ends after this time however busy it is, seconds.'),
  maxSessionsPerUser: z
    .int()
    .min(1)
    .max(1000)
    .default(64)
    .describe('The oldest session of a user ends when one more is opened.'),
  sessionCookie: sessionCookie(),
  enableCsrfProtection: z
    .boolean()
    .default(true)
    .describe('POST, PUT, PATCH and DELETE need the token of the session, which GET hands out.'),
  csrfExemptions: z.array(csrfExemption()).default([]),
  crossOriginSettings: crossOriginSettings(),
  /** Failed logins in a sliding window. Addresses of IPv6 count per /64. */
  loginThrottling: z
    .strictObject({
      window: seconds.max(86_400).default(900).describe('Seconds.'),
      failuresPerUser: z
        .int()
        .min(1)
        .max(10_000)
        .default(20)
        .describe('More are answered 429 with Retry-After; where the user is known they are counted apart.'),
      failuresPerAddress: z
        .int()
        .min(1)
        .max(100_000)
        .default(100)
        .describe('More wait in line, each longer than the one before; who is known there does not.'),
      longestDelayMs: z
        .int()
        .min(1)
        .max(20_000)
        .default(5000)
        .describe('The most that one attempt in such a line waits for the one before it.'),
      mostWaiting: z
        .int()
        .min(0)
        .max(10_000)
        .default(200)
        .describe('Attempts that wait at once on each gateway; more are answered 429 with Retry-After.'),
    })
    .prefault({}),
  maxConcurrentStreamsPerUser: z
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('Playbacks of one user at once, on each gateway; more wait up to 15 s, then 429.'),
  trustedProxies: z
    .array(network)
    .default([])
    .describe('Proxies in front whose header fields about the client are believed: addresses and networks.'),
  forwardedFields: z
    .enum(['X-Forwarded', 'Forwarded'])
    .default('X-Forwarded')
    .describe(
      'Which fields these proxies set: X-Forwarded-For, -Host and -Proto, or Forwarded (RFC 7239). The others are not read.',
    ),
  maxHeaderCount: z.int().min(10).max(1000).default(100),
  requestHeadersTimeoutMs: milliseconds
    .default(15_000)
    .describe(
      'A client that has not sent its header section, or the whole request, in this time loses its connection.',
    ),
  requestTimeoutMs: milliseconds.default(30_000),
  playTickets: z
    .strictObject({ timeToLive: seconds.max(43_200).default(300) })
    .prefault({})
    .describe(
      'How long the play URL of a ticket waits for its first use, or works where it was asked for without a session, seconds.',
    ),
  mediaCaching: z
    .enum(['no-store', 'no-cache'])
    .default('no-store')
    .describe(
      'no-cache lets browsers keep the plaintext they played; they ask before each use, which is checked and audited.',
    ),
});
