import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { startClusterOn } from '#test/storage/cluster-on-storages.js';
import { judged, mediaLike, rangesOf, type AskedRange } from '#test/storage/judged-playback.js';
import { Listener } from '#test/storage/listener.js';
import { pathSpellings } from '#test/storage/path-spellings.js';
import { GatewayAnswerError, GatewayClient } from '../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { ApacheServer } from '../../libs/media-storage/src/testing/apache-server.js';
import { NginxDavServer } from '../../libs/media-storage/src/testing/nginx-dav-server.js';

jest.setTimeout(120_000);

const repository = join(__dirname, '../..');
const work = workDirectory('rcs-webdav-servers-');
const at = (name: string, content: string | Buffer): string => {
  writeFileSync(join(work, name), content);
  return join(work, name);
};
const media = mediaLike(400_000);
const file = at('call.mp3', media);
const ranges = rangesOf(media.length);
const [whole, inside] = ranges as [AskedRange, AskedRange];

const names = [
  'Apache with Basic',
  'Apache with Digest',
  'Apache over TLS, of an authority of its own',
  'nginx',
] as const;
type Name = (typeof names)[number];
const servers = new Map<Name, ApacheServer | NginxDavServer>();
/** What the configuration says of a storage, and a recorder on its command line. */
const storages = new Map<Name, Readonly<Record<string, string>>>();
const distrusted = 'distrusted';
/** The gateway takes no such location. */
const refused = 'refused';
let cluster: RunningCluster;
let recorder: GatewayClient;
let listener: Listener;

beforeAll(async () => {
  const [basic, digest, tls, nginx] = await Promise.all([
    ApacheServer.start({ authentication: 'basic' }),
    ApacheServer.start({ authentication: 'digest' }),
    ApacheServer.start({ authentication: 'basic', tls: true }),
    NginxDavServer.start(),
  ]);
  [basic, digest, tls, nginx].forEach((server, index) => servers.set(names[index]!, server));
  const credentials = { userName: basic.userName, password: basic.password };
  storages.set(names[0], { url: basic.url, ...credentials });
  storages.set(names[1], { url: digest.url, ...credentials });
  storages.set(names[2], { url: tls.url, ...credentials, webDAVTrustedCA: at('storage-ca.pem', tls.authority) });
  storages.set(names[3], { url: nginx.url });
  const otherAuthority = at('other-ca.pem', (await InternalAuthority.create()).caPem);
  const wrong = { url: `${tls.url}/${distrusted}`, ...credentials, webDAVTrustedCA: otherAuthority };
  cluster = await startClusterOn(repository, join(work, 'data'), [...storages.values(), wrong], {
    RCS_MEDIA_INDEX: '{"insertionTimeoutMs":2000}',
  });
  const { gateway, caFile, users, ops } = cluster.ready;
  const ca = readFileSync(caFile);
  listener = new Listener({ ca, user: users[0]!, timeoutMs: 30_000 });
  recorder = new GatewayClient({ url: gateway, caPem: ca.toString(), userName: ops.name, password: ops.password });
});

afterAll(async () => {
  listener?.close();
  await recorder?.close();
  await cluster?.stop();
  await Promise.all([...servers.values()].map(server => server.stop()));
  rmSync(work, { recursive: true, force: true });
});

/** What a recorder does: encrypts, stores and inserts; answers where the recording plays, and its name in the storage. */
async function recordedOn(name: Name): Promise<{ readonly playPath: string; readonly stored: string }> {
  const { url = '', userName, password = '', webDAVTrustedCA } = storages.get(name)!;
  const { gateway, caFile, contactCenter, ops, certificates } = cluster.ready;
  const parameters = [
    ...['record', file, '--json', '--gateway', gateway, '--ca', caFile, '--contact-center', contactCenter],
    ...['--ops-user', ops.name, '--ops-password-file', at('ops.password', ops.password)],
    ...['--certificate', `${certificates[0]!.alias}=${certificates[0]!.file}`],
    ...['--webdav', url, '--storage-url', url, '--directory', 'new folder/Köln'],
    ...(userName === undefined ? [] : ['--webdav-user', userName]),
    ...(userName === undefined ? [] : ['--webdav-password-file', at('webdav.password', password)]),
    ...(webDAVTrustedCA === undefined ? [] : ['--webdav-ca', webDAVTrustedCA]),
  ];
  const { status, stdout, stderr } = await rcsctl(repository, cluster.ready.dataDir, parameters);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { mediaFiles } = JSON.parse(stdout) as { mediaFiles: [{ playPath: string; mediaId: string }] };
  const [{ playPath, mediaId }] = mediaFiles;
  return { playPath, stored: `new folder/Köln/${mediaId}.bin` };
}

const heard = async (playPath: string, range: AskedRange, plain = media): Promise<string> =>
  judged(await listener.hear(`${cluster.ready.gateway}/api/v2${playPath}`, range[0]), plain, range);

let inserted = 0;
/** Inserts metadata of media in the clear; answers where it plays. @throws Error with what the gateway says */
async function insert(path: string): Promise<string> {
  const id = `webdav-servers-${inserted++}`;
  const { mediaFiles } = await recorder.insertRecording(cluster.ready.contactCenter, {
    id,
    mediaFiles: [{ mediaId: id, type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path } }],
  });
  return mediaFiles[0]!.playPath;
}

describe.each(names)('%s', name => {
  const server = (): ApacheServer | NginxDavServer => servers.get(name)!;

  it('takes a recording, and gives it whole and in ranges', async () => {
    const { playPath, stored } = await recordedOn(name);
    expect(server().read(stored).includes(media.subarray(1000, 1032))).toBe(false);
    for (const range of ranges) expect([range[0], await heard(playPath, range)]).toEqual([range[0], 'right']);
  });

  it('has lost a file, and one was replaced between two ranges: named, and never a wrong byte', async () => {
    const [lost, replaced] = [await recordedOn(name), await recordedOn(name)];
    server().remove(lost.stored);
    expect(await heard(lost.playPath, whole)).toBe('RCS_STORAGE_FILE_MISSING');
    expect(await heard(replaced.playPath, inside)).toBe('right');
    const before = server().read(replaced.stored);
    server().write(replaced.stored, Buffer.concat([before.subarray(0, 100_000), mediaLike(before.length - 100_000)]));
    // The ETag of nginx is a second and a length: there the content alone tells, perhaps in the middle of the answer.
    const named = ['RCS_STORAGE_CHANGED', 'RCS_CONTENT_CHANGED', 'broken off'];
    expect(named).toContain(await heard(replaced.playPath, whole));
    server().write(replaced.stored, before);
    expect(await heard(replaced.playPath, whole)).toBe('right');
  });

  it('finds a file however its path is spelled, or the gateway refuses the spelling', async () => {
    const { url = '' } = storages.get(name)!;
    const files = [...new Set(pathSpellings.flatMap(({ file: stored }) => stored ?? []))];
    const contents = new Map(files.map(stored => [stored, mediaLike(2000)]));
    contents.forEach((content, stored) => server().write(stored, content));
    server().write('../outside.bin', mediaLike(2000));
    const outcomes = await Promise.all(
      pathSpellings.map(async ({ written, file: stored }) => {
        const content = contents.get(stored ?? '') ?? Buffer.alloc(0);
        try {
          const range: AskedRange = [undefined, 0, content.length];
          return [written, await heard(await insert(`${url}/${written}`), range, content)];
        } catch (error) {
          return [
            written,
            error instanceof GatewayAnswerError && /contact center: mediaFiles\.0/.test(error.message)
              ? refused
              : String(error),
          ];
        }
      }),
    );
    expect(outcomes).toEqual(
      pathSpellings.map(({ written, file: stored }) => [written, stored === undefined ? refused : 'right']),
    );
  });
});

it('a certificate of another authority than the configured one is refused, and the log names the option', async () => {
  servers.get(names[2])!.write(`${distrusted}/call.bin`, media);
  const playPath = await insert(`${storages.get(names[2])!.url ?? ''}/${distrusted}/call.bin`);
  expect(await heard(playPath, whole)).toBe('RCS_STORAGE_UNREACHABLE');
  const log = ['decrypt-worker-1', 'decrypt-worker-2'].map(worker =>
    readFileSync(join(cluster.ready.dataDir, 'logs', `${worker}.log`), 'utf8'),
  );
  expect(log.join('')).toMatch(
    /the certificate of storage https:\/\/localhost:\d+ is of no authority .*webDAVTrustedCA/,
  );
});
