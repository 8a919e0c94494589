import { fastify } from 'fastify';
import type { Logger } from '#platform';
import { comesThroughTrustedProxy, forwardedAddresses, readForwardedFor } from './forwarded-for.hook.js';

describe(forwardedAddresses, () => {
  it.each<readonly [string, readonly string[]]>([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.1:4711', ['192.0.2.1']],
    ['[2001:db8::1]:4711', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    ['"[2001:db8::1]:4711"', ['2001:db8::1']],
    ['2001:db8::1', ['2001:db8::1']],
    ['fe80::1%eth0', ['fe80::1']],
    ['192.0.2.1, 198.51.100.7:80,10.0.0.1', ['192.0.2.1', '198.51.100.7', '10.0.0.1']],
    ['unknown', []],
    ['', []],
    ['192.0.2.1, nonsense', []],
    ['nonsense, 192.0.2.1', ['192.0.2.1']],
    ['203.0.113.9, , 192.0.2.1', ['192.0.2.1']],
    ['[192.0.2.1]', []],
    ['192.0.2.1:port', []],
    ['192.0.2.256', []],
    ['[2001:db8::1', []],
    ['<script>', []],
  ])('%j holds %j', (value, addresses) => {
    expect(forwardedAddresses(value)).toEqual(addresses);
  });
});

describe(readForwardedFor, () => {
  const warnings: object[] = [];
  const logger = { warn: (fields: object) => warnings.push(fields) } as unknown as Logger;
  beforeEach(() => warnings.splice(0));

  /** What a gateway with these proxies takes for the address of a request. */
  async function seen(trustedProxies: readonly string[], ...values: readonly string[]) {
    const server = fastify({ trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false });
    readForwardedFor(server, trustedProxies, logger);
    server.get('/', request => ({ ip: request.ip, trusted: comesThroughTrustedProxy(request) }));
    const answers: unknown[] = [];
    for (const value of values) {
      const answer = await server.inject({ url: '/', headers: { 'x-forwarded-for': value } });
      answers.push(answer.json());
    }
    await server.close();
    return answers;
  }

  it('takes an address with a port for the address', async () => {
    const trusted = true;
    expect(await seen(['127.0.0.1'], '192.0.2.1:4711', '[2001:db8::1]:443', '203.0.113.9, 192.0.2.1')).toEqual([
      { ip: '192.0.2.1', trusted },
      { ip: '2001:db8::1', trusted },
      { ip: '192.0.2.1', trusted },
    ]);
  });

  it('takes nonsense for the address of the proxy', async () => {
    const ofProxy = { ip: '127.0.0.1', trusted: true };
    const values = ['nonsense', '192.0.2.1, nonsense', '10.0.0.1; drop table', '%0a'];
    expect(await seen(['127.0.0.1'], ...values)).toEqual(values.map(() => ofProxy));
    expect(warnings).toEqual([]);
  });

  it('believes nobody else, and says so once for many', async () => {
    const stranger = { ip: '127.0.0.1', trusted: false };
    expect(await seen(['10.0.0.1'], '192.0.2.1', '192.0.2.2', '192.0.2.3')).toEqual([stranger, stranger, stranger]);
    expect(warnings).toEqual([{ address: '127.0.0.1' }]);
    expect(await seen([], '192.0.2.1')).toEqual([stranger]);
  });

  it('reads the addresses of Forwarded, and nothing else then', async () => {
    const server = fastify({ trustProxy: ['127.0.0.1'] });
    readForwardedFor(server, ['127.0.0.1'], logger, 'Forwarded');
    server.get('/', ({ ip, host, protocol }) => ({ ip, host, protocol }));
    const seenWith = async (headers: Record<string, string>) =>
      (await server.inject({ url: '/', headers })).json<Record<string, string>>();
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' };
    const host = 'a.test';
    expect(await seenWith({ host, ...forged })).toEqual({ ip: '127.0.0.1', host, protocol: 'http' });
    const forwarded = 'for=203.0.113.9, for="[2001:db8::1]:4711";host=b.test;proto=https';
    expect(await seenWith({ host, ...forged, forwarded })).toEqual({
      ip: '2001:db8::1',
      host: 'b.test',
      protocol: 'https',
    });
    expect(await seenWith({ host, forwarded: 'for=203.0.113.9, for=_hidden' })).toMatchObject({ ip: '127.0.0.1' });
    await server.close();
  });
});
