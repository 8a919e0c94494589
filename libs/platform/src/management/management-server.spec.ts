import { Counter } from 'prom-client';
import { createLogger } from '../logging/logger.js';
import { createMetricsRegistry } from '../metrics/metrics-registry.js';
import { ManagementServer } from './management-server.js';
import { Readiness } from './readiness.js';

describe(ManagementServer.name, () => {
  const registry = createMetricsRegistry('key-vault', '1.2.3');
  const logged: string[] = [];
  let readiness = new Readiness();
  let server: ManagementServer;
  let url = '';

  beforeEach(async () => {
    readiness = new Readiness();
    const logger = createLogger('key-vault', 'key-vault-1', 'info', { write: line => logged.push(line) });
    server = new ManagementServer(registry, readiness, logger);
    url = await server.listen('127.0.0.1', 0);
  });
  afterEach(() => server.close());

  it('answers metrics in the text format of Prometheus', async () => {
    new Counter({ name: 'rcs_test_total', help: 'For this test.', registers: [registry] }).inc(3);
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toContain('rcs_test_total{component="key-vault"} 3');
    expect(text).toMatch(/rcs_build_info\{version="1\.2\.3",node="v[^"]+",component="key-vault"\} 1/);
  });

  it('is alive even when it is not ready', async () => {
    readiness.add('token', () => Promise.reject(new Error('no slot')));
    const response = await fetch(`${url}/health/live`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'alive' }]);
  });

  it('answers 200 when ready and 503 with the reason when not', async () => {
    expect((await fetch(`${url}/health/ready?verbose`)).status).toBe(200);
    readiness.add('token', () => Promise.reject(new Error('no slot')));
    const response = await fetch(`${url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([503, { ready: false, checks: { token: 'no slot' } }]);
  });

  it('answers HEAD like GET, without a body', async () => {
    const response = await fetch(`${url}/health/live`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('19');
    expect(await response.text()).toBe('');
  });

  it.each(['/', '/metrics/', '/health', '/health/ready/..', '//metrics'])('knows no %s', async path => {
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s and says what is allowed', async method => {
    const response = await fetch(`${url}/metrics`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('lists the routes of its service to this machine alone', async () => {
    expect(await (await fetch(`${url}/routes`)).json()).toEqual({ routes: [] });
    const proxied = await fetch(`${url}/routes`, { headers: { 'x-forwarded-for': '203.0.113.1' } });
    expect(proxied.status).toBe(403);
    expect((await fetch(`${url}/routes`, { method: 'POST' })).headers.get('allow')).toBe('GET');
  });

  it('rejects when the port is taken', async () => {
    const second = new ManagementServer(registry, readiness, createLogger('a', 'b', 'silent'));
    await expect(second.listen('127.0.0.1', Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes connections when the metrics fail, and logs why', async () => {
    jest.spyOn(registry, 'metrics').mockRejectedValueOnce(new Error('collector broke'));
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
    expect(logged.join('')).toContain('collector broke');
  });

  it('closes although a client keeps its connection open', async () => {
    await fetch(`${url}/health/live`);
    await server.close();
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    url = await server.listen('127.0.0.1', 0);
  });
});
