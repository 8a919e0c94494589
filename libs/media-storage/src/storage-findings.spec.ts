import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MediaStorageConfiguration } from './media-storage-configuration.js';
import { MediaStorages } from './media-storages.js';
import { SettableStorages } from './settable-storages.js';
import type { StorageFindings } from './storage-findings.js';
import { ApacheServer } from './testing/apache-server.js';
import { FaultyStorage, head, type RawRequest } from './testing/faulty-storage.js';
import { patience } from './testing/storage-probe.js';

const base: MediaStorageConfiguration = {
  storage: 'webDAV',
  url: '',
  trustedCA: true,
  maxConnections: 4,
  connectTimeoutMs: 2000,
  headersTimeoutMs: 5000,
  idleTimeoutMs: 5000,
  totalTimeoutMs: 30_000,
};
let open: MediaStorages | SettableStorages | undefined;
let faulty: FaultyStorage | undefined;

afterEach(async () => {
  await open?.close();
  await faulty?.stop();
  open = faulty = undefined;
});

function probe(settings: Partial<MediaStorageConfiguration>, signal = patience()): Promise<StorageFindings> {
  const configuration = { ...base, ...settings };
  const storages = new MediaStorages([configuration]);
  open = storages;
  return storages.probe({ kind: configuration.storage, url: configuration.url }, 'cc1', signal);
}
async function answering(answer: (request: RawRequest) => void): Promise<string> {
  faulty = await FaultyStorage.start(answer);
  return faulty.url;
}
const answer =
  (statuses: Readonly<Record<string, string>>) =>
  ({ method, socket }: RawRequest): void => {
    socket.write(head(statuses[method] ?? '500 Internal Server Error', { 'Content-Length': 0 }));
  };

describe('an Apache that asks for a password', () => {
  let apache: ApacheServer;
  beforeAll(async () => {
    apache = await ApacheServer.start({ authentication: 'basic', tls: true });
  });
  afterAll(() => apache.stop());
  const access = () => ({
    url: apache.url,
    userName: apache.userName,
    password: apache.password,
    trustedCA: { pem: apache.authority },
  });

  it('can be read with the password, by whom it trusts', async () => {
    expect(await probe(access())).toEqual({ reachable: true, credentials: 'accepted', tls: 'trusted' });
    expect(await probe({ ...access(), trustedCA: false })).toMatchObject({
      credentials: 'accepted',
      tls: 'not-checked',
    });
  });

  it('refuses another password', async () => {
    expect(await probe({ ...access(), password: 'another' })).toEqual({
      reachable: true,
      credentials: 'refused',
      tls: 'trusted',
      problem: 'credentials-refused',
    });
  });

  it('is not trusted without its authority', async () => {
    expect(await probe({ ...access(), trustedCA: true })).toEqual({
      reachable: false,
      credentials: 'unknown',
      tls: 'untrusted',
      problem: 'untrusted',
    });
  });

  it('has no folder of another name', async () => {
    expect(await probe({ ...access(), url: `${apache.url}/nowhere` })).toMatchObject({
      reachable: true,
      credentials: 'accepted',
      problem: 'folder-missing',
    });
  });

  it('is not there once it is stopped', async () => {
    await apache.stop();
    expect(await probe(access())).toEqual({
      reachable: false,
      credentials: 'unknown',
      tls: 'unknown',
      problem: 'unreachable',
    });
  });
});

describe('another server', () => {
  it('of plain HTTP needs no folders', async () => {
    const url = await answering(answer({ HEAD: '404 Not Found', PROPFIND: '405 Method Not Allowed' }));
    expect(await probe({ url })).toEqual({ reachable: true, credentials: 'accepted', tls: 'none' });
  });

  it('is asked for a file that nobody has, and changes nothing', async () => {
    const url = await answering(answer({ HEAD: '404 Not Found', PROPFIND: '207 Multi-Status' }));
    await probe({ url });
    expect(faulty?.requests.map(({ method }) => method)).toEqual(['HEAD', 'PROPFIND']);
  });

  it('that answers with errors says nothing of credentials', async () => {
    const url = await answering(answer({ HEAD: '503 Service Unavailable' }));
    expect(await probe({ url })).toEqual({ reachable: true, credentials: 'unknown', tls: 'none', problem: 'failing' });
  });

  it('that never answers is given up at the deadline', async () => {
    const url = await answering(() => undefined);
    expect(await probe({ url }, AbortSignal.timeout(200))).toMatchObject({ reachable: false, problem: 'too-slow' });
  });
});

describe('a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-findings-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('can be read, and is not there where it is not mounted', async () => {
    const readable = { reachable: true, credentials: 'accepted', tls: 'none' };
    expect(await probe({ storage: 'file', url: pathToFileURL(`${directory}/`).href })).toEqual(readable);
    const missing = pathToFileURL(join(directory, 'missing/')).href;
    expect(await probe({ storage: 'file', url: missing })).toMatchObject({ reachable: false, problem: 'unreachable' });
  });
});

describe('whose storages are looked at', () => {
  const of = (url: string, contactCenters?: MediaStorageConfiguration['contactCenters']) => ({
    ...base,
    url,
    ...(contactCenters === undefined ? {} : { contactCenters }),
  });
  const storages = new MediaStorages([
    of('http://127.0.0.1:1/shared'),
    of('http://127.0.0.1:1/mine', ['cc1']),
    of('http://127.0.0.1:1/parts', [{ id: 'cc1', prefix: 'one' }, 'cc2']),
    of('http://127.0.0.1:1/theirs', ['cc2']),
  ]);
  afterAll(() => storages.close());

  it('are those of the contact center, and those that all share', () => {
    expect(storages.storagesOf('cc1').map(({ url }) => new URL(url).pathname)).toEqual(['/shared', '/mine', '/parts']);
  });

  it('are no others, whether they are there or not', async () => {
    const refused = /it is no storage of this contact center/;
    for (const url of ['http://127.0.0.1:1/theirs', 'http://127.0.0.1:1/nobodys', 'http://127.0.0.1:1/shared/inner'])
      await expect(storages.probe({ kind: 'webDAV', url }, 'cc1', patience())).rejects.toThrow(refused);
  });

  it('that it set for itself lie where the operator lets them', async () => {
    const settable = new SettableStorages([of('http://127.0.0.1:1/set', ['cc1'])], []);
    open = settable;
    const inner = { url: 'http://127.0.0.1:1/set/inner' };
    expect(await settable.probe(inner, 'cc1', patience())).toMatchObject({ problem: 'unreachable' });
    await expect(settable.probe(inner, 'cc2', patience())).rejects.toThrow(/may set no storage there/);
    await expect(settable.probe({ url: 'http://127.0.0.1:1/x' }, 'cc1', patience())).rejects.toThrow(
      /no storage there/,
    );
  });
});
