import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerRegistry } from '#contracts';
import { envelopeDigest, GrantVerifier } from '#grants';
import {
  createLogger,
  createMetricsRegistry,
  internalTlsOptions,
  RcsError,
  toProblemDetails,
  type InternalIdentity,
  LiveIdentity,
} from '#platform';
import { openSqliteStore, type MediaFile, type Recording, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { WorkerConnections } from '../workers/worker-connections.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { MediaInspector } from '../media-index/media-inspector.js';
import { MediaPinning } from '../media-index/media-pinning.js';
import { contentTreeOf, EnvelopeLocator } from './envelope-locator.js';
import { WorkerClient } from '../workers/worker-client.js';
import { WorkerErrands } from '../media-index/worker-errands.js';

const mediaFile: MediaFile = {
  mediaId: 'call.bin',
  leaf: 'leaf.mp3',
  type: 'audio/mp3',
  mediaDescriptor: { storage: 'webDAV', path: 'call.bin' },
};
const recording: Recording = { id: 'recording-1', contactCenter: 'cc-1', region: 'east', mediaFiles: [mediaFile] };
const digest = 'ab'.repeat(32);

type Answer = (response: ServerResponse, grant: string) => void;
const answerJson =
  (body: unknown, status = 200): Answer =>
  response => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
  };
const attached = answerJson({ layout: 'attached', length: 4096, envelopeDigest: digest, envelope: 'MIIB' });
const problem = (error: RcsError) => answerJson(toProblemDetails(error), error.definition.http);

describe(EnvelopeLocator.name, () => {
  let authority: InternalAuthority;
  let identity: InternalIdentity;
  let workerIdentity: InternalIdentity;
  let grants: GrantIssuer;
  let directory = '';
  let store: Store;
  let servers: Server[] = [];
  let workers: WorkerDirectory | undefined;
  let asked: number[] = [];

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    identity = await authority.issue('playback-gateway');
    workerIdentity = await authority.issue('decrypt-worker');
    grants = new GrantIssuer(new LiveIdentity(identity));
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-envelope-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    await store.recordings.insert(recording);
    asked = [];
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    servers.forEach(server => server.close());
    servers.forEach(server => server.closeAllConnections());
    servers = [];
    await workers?.onApplicationShutdown();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** A locator over workers that give these answers, asked in this order. */
  async function locatorOver(answers: readonly Answer[], inspectTimeoutMs = 20_000): Promise<EnvelopeLocator> {
    servers = answers.map((answer, index) =>
      createServer({ ...internalTlsOptions(workerIdentity), requestCert: true }, (request, response) => {
        asked.push(index);
        void json(request).then(body => answer(response, (body as { grant: string }).grant));
      }),
    );
    await Promise.all(servers.map(server => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))));
    const registrations = servers.map((server, index) => ({
      instance: `worker-${index}`,
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      inFlight: index,
      version: '0.1.0',
    }));
    const connections = new WorkerConnections(
      new LiveIdentity(identity),
      {
        workerMaxConnection: 2,
        workerIdleTimeoutMs: 20_000,
        playbackStartTimeoutMs: 20_000,
      },
      createLogger('test', 'test', 'silent'),
    );
    const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
    const registry = { list: () => Promise.resolve(registrations) } as unknown as WorkerRegistry;
    workers = new WorkerDirectory(registry, connections, metrics, createLogger('test', 'test', 'silent'));
    await workers.onApplicationBootstrap();
    jest.spyOn(Math, 'random').mockReturnValue(0);
    return locatorWith(
      new MediaInspector(
        new WorkerErrands(grants, workers, { find: () => Promise.resolve(undefined) }),
        new WorkerClient(connections, { playbackStartTimeoutMs: inspectTimeoutMs }),
      ),
    );
  }

  const locatorWith = (inspector: MediaInspector, verifyContent = true): EnvelopeLocator =>
    new EnvelopeLocator(store.recordings, new MediaPinning(store.recordings, inspector), {
      playback: { verifyContent },
    });

  const request = (file = mediaFile, signal = new AbortController().signal) => ({
    recording,
    mediaFile: file,
    userName: 'anthony',
    requestId: 'request-1',
    signal,
  });

  it('takes the envelope of the metadata without asking anybody', async () => {
    const envelope = Buffer.from('an envelope');
    const locator = await locatorOver([attached]);
    const detached = envelope.toString('base64');
    expect(await locator.locate(request({ ...mediaFile, pkcs7: detached }))).toEqual({
      layout: 'detached',
      digest: envelopeDigest(envelope),
      detached,
      content: undefined,
    });
    expect(asked).toEqual([]);
  });

  it('asks a worker once, with a grant that opens nothing, and pins what it says', async () => {
    const seen: string[] = [];
    const locator = await locatorOver([
      (response, grant) => {
        seen.push(grant);
        attached(response, grant);
      },
    ]);
    const located = { layout: 'attached', digest, detached: undefined, content: { length: 4096 } };
    expect(await locator.locate(request())).toEqual(located);
    expect(await locator.locate(request())).toEqual(located);
    expect(asked).toEqual([0]);
    const grant = new GrantVerifier({ current: authority }).verify(seen[0]!);
    expect(grant).toMatchObject({ purpose: 'inspect', sub: 'anthony', location: mediaFile.mediaDescriptor });
    expect(grant.layout).toBeUndefined();
  });

  it('keeps to the first pin when another gateway was faster', async () => {
    await store.recordings.pin(recording.id, {
      mediaId: mediaFile.mediaId,
      pin: { layout: 'plain', inspectedAt: 'then' },
    });
    jest.spyOn(store.recordings, 'findPin').mockResolvedValueOnce(undefined);
    const locator = await locatorOver([attached]);
    expect(await locator.locate(request())).toEqual({
      layout: 'plain',
      digest: undefined,
      detached: undefined,
      content: undefined,
    });
  });

  it('names the root of the content tree where its leaves are kept, unless told not to', async () => {
    const { mediaId } = mediaFile;
    const pin = { layout: 'attached', envelopeDigest: digest, length: 9, contentRoot: 'cd'.repeat(32) } as const;
    const locator = await locatorOver([]);
    await store.recordings.pin(recording.id, { mediaId, pin });
    expect((await locator.locate(request())).content).toEqual({ length: 9 });
    await store.recordings.pin(recording.id, { mediaId, pin, leaves: Buffer.from('leaves') });
    expect((await locator.locate(request())).content).toEqual({ length: 9, root: pin.contentRoot });
    const unverified = locatorWith(undefined as unknown as MediaInspector, false);
    expect((await unverified.locate(request())).content).toEqual({ length: 9 });
    expect(await contentTreeOf(store.recordings, recording.id, mediaId)).toBe(Buffer.from('leaves').toString('base64'));
  });

  it('looks again at what an earlier version called plain, and believes what is recognised now', async () => {
    await store.recordings.pin(recording.id, { mediaId: mediaFile.mediaId, pin: { layout: 'plain' } });
    const locator = await locatorOver([attached]);
    expect(await locator.locate(request())).toMatchObject({ layout: 'attached', digest });
    expect(await locator.locate(request())).toMatchObject({ layout: 'attached', digest });
    expect(asked).toEqual([0]);
  });

  it('goes on playing raw media that an earlier version played, but not what is declared encrypted', async () => {
    await store.recordings.pin(recording.id, { mediaId: mediaFile.mediaId, pin: { layout: 'plain' } });
    let code = 'RCS_MEDIA_DECLARED_ENCRYPTED';
    const locator = await locatorOver([
      (response, grant) => answerJson({ layout: 'unrecognised', length: 9, code, detail: '' })(response, grant),
    ]);
    await expect(locator.locate(request())).rejects.toMatchObject({ code });
    code = 'RCS_MEDIA_NOT_RECOGNISED';
    expect(await locator.locate(request())).toMatchObject({ layout: 'plain' });
    expect(await locator.locate(request())).toMatchObject({ layout: 'plain' });
    expect(asked).toEqual([0, 0]);
  });

  it('refuses what a worker cannot recognise, and pins nothing', async () => {
    const unrecognised = { layout: 'unrecognised', length: 9, code: 'RCS_MEDIA_NOT_RECOGNISED', detail: 'noise' };
    const locator = await locatorOver([answerJson(unrecognised)]);
    await expect(locator.locate(request())).rejects.toMatchObject({ code: 'RCS_MEDIA_NOT_RECOGNISED' });
    expect(await store.recordings.findPin(recording.id, mediaFile.mediaId)).toBeUndefined();
  });

  it.each<readonly [string, Answer]>([
    ['dies', response => void response.destroy()],
    [
      'dies in the middle of its answer',
      response => void response.writeHead(200, { 'content-length': 100 }).write('{'),
    ],
    ['is busy', problem(new RcsError('RCS_OVERLOADED'))],
    ['talks nonsense', answerJson({ layout: 'attached' })],
    ['answers something else', answerJson('nothing', 418)],
  ])('asks another worker when one %s', async (name, answer) => {
    const dying: Answer = (response, grant) => {
      answer(response, grant);
      if (name === 'dies in the middle of its answer') setImmediate(() => response.destroy());
    };
    const locator = await locatorOver([dying, attached]);
    expect(await locator.locate(request())).toMatchObject({ layout: 'attached', digest });
    expect(asked).toEqual([0, 1]);
  });

  it('takes a problem of the storage for the answer, and pins nothing', async () => {
    const locator = await locatorOver([problem(new RcsError('RCS_STORAGE_FILE_MISSING')), attached]);
    await expect(locator.locate(request())).rejects.toMatchObject({ code: 'RCS_STORAGE_FILE_MISSING' });
    expect(asked).toEqual([0]);
    expect(await store.recordings.findPin(recording.id, mediaFile.mediaId)).toBeUndefined();
  });

  it('says that a worker took too long', async () => {
    const locator = await locatorOver([() => undefined], 50);
    await expect(locator.locate(request())).rejects.toMatchObject({ code: 'RCS_TIMEOUT' });
  });

  it('stops asking when the player leaves', async () => {
    const leaver = new AbortController();
    const reason = new Error('the player left');
    const locator = await locatorOver([() => leaver.abort(reason), attached]);
    await expect(locator.locate(request(mediaFile, leaver.signal))).rejects.toBe(reason);
    expect(asked).toEqual([0]);
  });
});
