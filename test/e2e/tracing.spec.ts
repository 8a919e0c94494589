import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { OtlpReceiver, type ReceivedSpan } from '#test/tracing/otlp-receiver.js';
import { managementPage } from '#test/cluster/management-page.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const patienceMs = 120_000;

async function eventually<T>(look: () => T | undefined): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

interface Trace {
  readonly id: string;
  readonly traceparent: string;
}
function newTrace(flags: '00' | '01'): Trace {
  const id = randomBytes(16).toString('hex');
  return { id, traceparent: `00-${id}-${randomBytes(8).toString('hex')}-${flags}` };
}

describe.each([['off'], ['on']])('with tracing %s', state => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-tracing-'));
  let receiver: OtlpReceiver;
  let cluster: RunningCluster;
  let curlClient: CurlClient;

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    cluster = await startCluster(repository, join(work, 'data'), {
      // So that the vault is asked again and again.
      RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '1',
      ...(state === 'on' ? { RCS_TRACING__OTLP_ENDPOINT: receiver.endpoint } : {}),
    });
    curlClient = new CurlClient(cluster, work);
  });
  afterAll(async () => {
    await cluster?.stop();
    await receiver?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  /** Plays the encrypted demo recording as the next request of somebody else's trace. */
  async function playIn({ traceparent }: Trace, requestId: string): Promise<void> {
    const { playPath } = cluster.ready.recordings[0]!;
    const headers = ['--header', `traceparent: ${traceparent}`, '--header', `X-Request-Id: ${requestId}`];
    const answer = await curlClient.play(playPath, ...headers);
    expect(answer.status).toBe(200);
  }

  /** Sets the level debug with the token of the cluster. */
  function chatty(url: string): Promise<Response> {
    const token = readFileSync(join(cluster.ready.dataDir, 'secrets', 'log-level-token'), 'utf8');
    return fetch(`${url}/log-level`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ level: 'debug', seconds: 3600 }),
      signal: AbortSignal.timeout(30_000),
    });
  }

  const logLines = (service: string): Record<string, unknown>[] =>
    readFileSync(join(cluster.ready.dataDir, 'logs', `${service}.log`), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Record<string, unknown>);

  it('the level of the logs changes while a process runs; request and trace id are in the logs of gateway and worker', async () => {
    const { gateway, workers } = cluster.ready.management;
    for (const url of workers) {
      const answer = await chatty(url);
      expect(await answer.json()).toMatchObject({ level: 'debug', configured: 'info' });
    }
    expect(await (await managementPage(gateway, '/log-level')).json()).toEqual({ level: 'info', configured: 'info' });
    const trace = newTrace('01');
    await playIn(trace, `request-${trace.id}`);
    for (const [services, message] of [
      [['playback-gateway'], 'request'],
      [['decrypt-worker-1', 'decrypt-worker-2'], 'media request'],
    ] as const) {
      const line = await eventually(() =>
        services.flatMap(logLines).find(({ msg, requestId }) => msg === message && requestId === `request-${trace.id}`),
      );
      expect(line.traceId).toBe(trace.id);
    }
  });

  it('the vault hears the ids of the request, too', async () => {
    const { vault } = cluster.ready.management;
    await chatty(vault);
    const found = await eventuallyPlayed(() => {
      const unwraps = logLines('key-vault').filter(({ call }) => call === 'UnwrapSessionKey');
      return unwraps.find(({ requestId }) => String(requestId).startsWith('request-'));
    });
    expect(found.requestId).toBe(`request-${String(found.traceId)}`);
  });

  if (state === 'on') {
    it('the spans of one playback reach the collector as one trace, each below the one that caused it', async () => {
      const unwrap = await eventuallyPlayed(() =>
        receiver.spans.find(span => span.name === 'KeyVault/UnwrapSessionKey' && span.service === 'key-vault'),
      );
      const trace = await eventually(() => {
        const spans = receiver.spans.filter(({ traceId }) => traceId === unwrap.traceId);
        return pathTo(unwrap, spans).length >= 5 ? spans : undefined;
      });
      expect(pathTo(unwrap, trace)).toEqual([
        'playback-gateway GET /api/v2/recordings/:id/play/:leaf',
        'playback-gateway POST /v1/media',
        'decrypt-worker POST /v1/media',
        'decrypt-worker KeyVault/UnwrapSessionKey',
        'key-vault KeyVault/UnwrapSessionKey',
      ]);
      const [root] = trace.filter(({ name }) => name.startsWith('GET '));
      expect(root?.attributes).toMatchObject({ 'http.request.method': 'GET', 'http.response.status_code': 200 });
      expect([...receiver.paths]).toEqual(['/v1/traces']);
    });
  } else {
    it('nothing of the OpenTelemetry SDK is loaded, and nothing is sent', () => {
      const script = `
        const { startTracer } = require('#platform-tracing');
        startTracer(undefined, {}, {}).then(() =>
          console.log(Object.keys(require.cache).filter(file => /opentelemetry.(sdk|exporter|otlp)/.test(file)).length));
      `.replace('#platform-tracing', join(repository, 'dist/libs/platform/src/tracing/start-tracer.js'));
      expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('0\n');
      expect(receiver.spans).toEqual([]);
    });
  }

  /** Plays in a new trace each time, until what is looked for is there. */
  async function eventuallyPlayed<T>(look: () => T | undefined): Promise<T> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const trace = newTrace('01');
      await playIn(trace, `request-${trace.id}`);
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error('it did not come');
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  }
});

/** Names from the first span of the trace down to this one. */
function pathTo(span: ReceivedSpan, trace: readonly ReceivedSpan[]): string[] {
  const parent = trace.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : pathTo(parent, trace)), `${span.service} ${span.name}`];
}
