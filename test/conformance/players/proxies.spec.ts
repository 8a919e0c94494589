import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import {
  makeProxyCertificate,
  startDocumentedProxy,
  type RunningProxy,
  type Upstream,
} from '#test/proxies/documented-proxy.js';
import type { CurlAnswer } from '../../e2e/external-tools.js';
import { bytesOf, media, type Medium } from './media.js';
import { Stage } from './stage.js';
import { storedForms } from './stored-forms.js';

jest.setTimeout(300_000);

let stage: Stage;
let work: string;
/** For proxies that speak no TLS to it. */
let plainGateway: SecondGateway;

beforeAll(async () => {
  const trusting = { RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]' };
  stage = await Stage.start(trusting);
  work = stage.directory('proxies');
  await makeProxyCertificate(work);
  plainGateway = await startSecondGateway(stage.repository, stage.cluster.ready, {
    ...trusting,
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
  });
});
afterAll(async () => {
  await plainGateway?.stop();
  await stage?.stop();
});

const buffered = (text: string) => text.replace('proxy_buffering off', 'proxy_buffering on');
const overHttp1 = (text: string) => text.replace(' http2', '').replace('h2,http/1.1', 'http/1.1');

describe.each([
  { proxyName: 'nginx over HTTP/2', language: 'nginx', version: '2' },
  { proxyName: 'nginx over HTTP/1.1', language: 'nginx', edit: overHttp1, version: '1.1' },
  { proxyName: 'nginx that buffers', language: 'nginx', edit: buffered, version: '2' },
  { proxyName: 'HAProxy over HTTP/2', language: 'haproxy', version: '2' },
  { proxyName: 'HAProxy over HTTP/1.1', language: 'haproxy', edit: overHttp1, version: '1.1' },
  { proxyName: 'Apache', language: 'apache', version: '1.1' },
  { proxyName: 'Varnish', language: 'vcl', version: '2' },
])('behind $proxyName', ({ language, edit, version }) => {
  let proxy: RunningProxy;

  beforeAll(async () => {
    const { gateway, caFile } = stage.cluster.ready;
    const upstream: Upstream = { gateway: language === 'vcl' ? plainGateway.url : gateway, caFile };
    proxy = await startDocumentedProxy(work, language, upstream, edit);
  });
  afterAll(() => proxy?.stop());

  it('a page of the same origin logs in, and one of another does not', async () => {
    const [user] = stage.cluster.ready.users;
    const body = JSON.stringify({ userName: user?.name, password: user?.password });
    const logIn = (origin: string) =>
      proxy.send(
        '/api/v2/sessions',
        ...field('Origin', origin),
        ...field('content-type', 'application/json'),
        '--data',
        body,
      );
    const answer = await logIn(proxy.origin);
    expect([answer.status, answer.version]).toEqual([201, version]);
    expect((await logIn('https://evil.test')).status).toBe(403);
  });

  it.each(storedForms)('%s: every form of request is answered as by the gateway itself', async form => {
    const medium = videoFile();
    const content = await bytesOf(medium);
    const path = await stage.ticketPath(medium, form);
    const play = (...options: string[]) => proxy.send(path, ...options);
    const { length } = content;
    const whole = await play();
    expect(shown(whole)).toEqual([200, String(length)]);
    expect(whole.body.equals(content)).toBe(true);
    const { etag = '', 'last-modified': modified = '' } = whole.headers;
    for (const [range, start, end] of rangesOf(length)) {
      const part = await play('--range', range);
      expect([...shown(part), part.headers['content-range']]).toEqual([
        206,
        String(end - start),
        `bytes ${start}-${end - 1}/${length}`,
      ]);
      expect(part.body.equals(content.subarray(start, end))).toBe(true);
    }
    expect(shown(await play('--head'))).toEqual([200, String(length)]);
    expect((await play('--head', '--range', '10-19')).headers['content-length']).toBe(String(length));
    const beyond = await play('--range', `${length}-`);
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${length}`]);
    for (const condition of [field('If-None-Match', etag), field('If-Modified-Since', modified)])
      expect([(await play(...condition)).status]).toEqual([304]);
    expect((await play('--range', '5-9', ...field('If-Range', etag))).status).toBe(206);
    expect((await play('--range', '5-9', ...field('If-Range', '"another"'))).status).toBe(200);
    expect((await play('--range', '5-9', ...field('If-Match', '"another"'))).status).toBe(412);
  });
});

const field = (name: string, value: string): string[] => ['--header', `${name}: ${value}`];
const shown = ({ status, headers }: CurlAnswer) => [status, headers['content-length']];

function videoFile(): Medium {
  const medium = media.find(({ name }) => name === 'moov-last.mp4');
  if (medium === undefined) throw new Error('there is no such file');
  return medium;
}

/** As players ask: the probe, what is left, the end, one byte, over the end. */
const rangesOf = (length: number): readonly (readonly [range: string, start: number, end: number])[] => [
  ['0-1', 0, 2],
  ['0-', 0, length],
  [`${length - 1}-`, length - 1, length],
  ['-1000', length - 1000, length],
  ['1000-1999', 1000, 2000],
  [`${length - 10}-${length + 10}`, length - 10, length],
];
