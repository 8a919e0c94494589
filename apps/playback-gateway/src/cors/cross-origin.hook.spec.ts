import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { configurationSchema, createLogger } from '#platform';
import { openSqliteStore, type Store } from '#store';
import { conditionFields } from '../http/condition-fields.js';
import { readForwardedFor } from '../http/forwarded-for.hook.js';
import { ContactCenterOrigins } from './contact-center-origins.js';
import { CrossOriginPolicy } from './cross-origin-policy.js';
import { guardOrigins } from './cross-origin.hook.js';

jest.setTimeout(60_000);

describe(guardOrigins, () => {
  const logger = createLogger('test', 'test', 'silent');
  let work = '';
  let store: Store;
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'rcs-origins-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
  });
  afterAll(async () => {
    await store.close();
    rmSync(work, { recursive: true });
  });

  /** Whether a page of this origin may use a server that is reached without TLS at the given host. */
  async function isLetIn(
    origin: string,
    headers: Record<string, string>,
    settings: { externalUrl?: string; trustedProxies?: string[]; forwardedFields?: 'Forwarded' } = {},
  ): Promise<boolean> {
    const { serverSettings } = configurationSchema().parse({ serverSettings: settings });
    const { trustedProxies, externalUrl, forwardedFields } = serverSettings;
    const server = fastify({ trustProxy: trustedProxies.length > 0 ? trustedProxies : false });
    readForwardedFor(server, trustedProxies, logger, forwardedFields);
    const origins = new ContactCenterOrigins(store.contactCenters, serverSettings, logger);
    guardOrigins(server, new CrossOriginPolicy(serverSettings, origins), externalUrl);
    server.get('/', () => 'in');
    const { statusCode } = await server.inject({ url: '/', headers: { origin, ...headers } });
    await server.close();
    return statusCode === 200;
  }

  it('lets a page ask with every field that playback serves, and those of caches and traces', () => {
    const crossOriginSettings = { allowedOrigins: 'https://player.example.com' };
    const { serverSettings } = configurationSchema().parse({ serverSettings: { crossOriginSettings } });
    const origins = new ContactCenterOrigins(store.contactCenters, serverSettings, logger);
    const policy = new CrossOriginPolicy(serverSettings, origins);
    const others = ['Cache-Control', 'Pragma', 'traceparent', 'tracestate', 'X-Request-Id', 'Authorization'];
    const headers = [...Object.values(conditionFields), ...others].join(', ').toLowerCase();
    expect(policy.allowsPreflight({ method: 'GET', headers })).toBe(true);
    expect(policy.allowsPreflight({ method: 'GET', headers: 'x-forwarded-for' })).toBe(false);
  });

  const host = 'gateway.example.test:8090';
  const forwarded = { host, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'recordings.example.com' };
  const standard = { host, forwarded: 'for=192.0.2.1;proto=https;host=recordings.example.com' };
  const forwardedFields = 'Forwarded';
  const externalUrl = 'https://recordings.example.com/rcs';
  const trustedProxies = ['127.0.0.1'];

  it.each<readonly [string, boolean, Parameters<typeof isLetIn>]>([
    ['of where the request came in', true, [`http://${host}`, { host }]],
    ['of its host with another scheme', false, [`https://${host}`, { host }]],
    ['of its host with another port', false, ['http://gateway.example.test', { host }]],
    ['of the host without the port that the scheme means', true, ['http://a.test', { host: 'A.test:80' }]],
    ['of no origin', false, ['null', { host: 'null' }]],
    ['of the external URL', true, ['https://recordings.example.com', { host }, { externalUrl }]],
    ['of its scheme left out', false, ['http://recordings.example.com', { host }, { externalUrl }]],
    ['of a host that somebody made ours by DNS', false, ['http://evil.test', { host: 'evil.test' }, { externalUrl }]],
    ['of what a trusted proxy forwards', true, ['https://recordings.example.com', forwarded, { trustedProxies }]],
    [
      'of what a trusted proxy says in Forwarded',
      true,
      ['https://recordings.example.com', standard, { trustedProxies, forwardedFields }],
    ],
    ['of Forwarded where it is not read', false, ['https://recordings.example.com', standard, { trustedProxies }]],
    [
      'of other fields where Forwarded is read',
      false,
      ['https://recordings.example.com', forwarded, { trustedProxies, forwardedFields }],
    ],
    ['of Forwarded from anybody', false, ['https://recordings.example.com', standard, { forwardedFields }]],
    ['of the other scheme there', false, ['http://recordings.example.com', forwarded, { trustedProxies }]],
    ['of what anybody says was forwarded', false, ['https://recordings.example.com', forwarded]],
    [
      'of what an unknown proxy forwards',
      false,
      ['https://recordings.example.com', forwarded, { trustedProxies: ['10.0.0.1'] }],
    ],
  ])('a page %s: %s', async (_, expected, given) => {
    expect(await isLetIn(...given)).toBe(expected);
  });
});
