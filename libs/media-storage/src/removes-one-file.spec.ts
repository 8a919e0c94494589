import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaultyStorage, head, type RawRequest } from './testing/faulty-storage.js';
import { storagePlaces, type StoragePlace } from './testing/storage-places.js';
import { patience, rcsError, StorageProbe } from './testing/storage-probe.js';

const media = randomBytes(10_000);

describe.each(storagePlaces)('one stored file is removed: %s', (_name, storage, start) => {
  let place: StoragePlace;
  beforeAll(async () => {
    place = await start();
  });
  afterAll(async () => {
    await place.probe.storages.close();
    await place.stop();
  });
  const put = (path: string): Promise<void> => {
    const { storages } = place.probe;
    return storages.put(storages.resolve({ storage, path }, 'cc1'), media, media.length, patience());
  };
  const remove = (path: string): Promise<void> => {
    const { storages } = place.probe;
    return storages.remove(storages.resolve({ storage, path }, 'cc1'), patience());
  };

  it('and no other one', async () => {
    for (const name of ['call é.bin', 'folder/call.bin', 'folder/call.bin.bak']) await put(name);
    await remove('call é.bin');
    await remove('folder/call.bin');
    const names = ['call é.bin', 'folder/call.bin', 'folder/call.bin.bak'];
    expect(names.map(name => place.has(name))).toEqual([false, false, true]);
  });

  it('again, and where nothing ever was', async () => {
    await put('twice.bin');
    await remove('twice.bin');
    await remove('twice.bin');
    await remove('no/such/folder/call.bin');
  });

  it('but no folder with what lies in it', async () => {
    await put('calls/one.bin');
    // A server may say that there is no file of this name, or refuse.
    await remove('calls').catch((error: unknown) => expect(error).toEqual(rcsError('RCS_STORAGE_FAILED')));
    expect(place.has('calls/one.bin')).toBe(true);
  });
});

describe('a directory', () => {
  it('whose links lead elsewhere, or that is not mounted, loses nothing', async () => {
    const base = mkdtempSync(join(tmpdir(), 'removes-'));
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    writeFileSync(join(elsewhere, 'call.bin'), media);
    symlinkSync(elsewhere, join(base, 'linked'));
    symlinkSync(join(elsewhere, 'call.bin'), join(base, 'link.bin'));
    mkdirSync(join(base, 'folder'));
    const { storages } = new StorageProbe(pathToFileURL(base).href, { storage: 'file' });
    const remove = (path: string) => storages.remove(storages.resolve({ storage: 'file', path }, 'cc1'), patience());
    await expect(remove('linked/call.bin')).rejects.toEqual(rcsError('RCS_MEDIA_LOCATION_REFUSED'));
    await expect(remove('link.bin')).rejects.toEqual(rcsError('RCS_STORAGE_FAILED'));
    rmSync(base, { recursive: true });
    await expect(remove('call.bin')).rejects.toEqual(rcsError('RCS_STORAGE_UNREACHABLE'));
    rmSync(elsewhere, { recursive: true });
  });
});

describe('a server of its own kind', () => {
  const status = (line: string): string => head(line, { 'content-length': 0 });
  const folder = '<d:multistatus xmlns:d="DAV:"><d:resourcetype><d:collection/></d:resourcetype></d:multistatus>';

  async function removeFrom(answers: (request: RawRequest) => string) {
    const faulty = await FaultyStorage.start(request => void request.socket.write(answers(request)));
    const probe = new StorageProbe(faulty.url);
    const location = probe.storages.resolve({ storage: 'webDAV', path: 'call.bin' }, 'cc1');
    const outcome: unknown = await probe.storages.remove(location, patience()).catch((error: unknown) => error);
    await probe.storages.close();
    await faulty.stop();
    return { outcome, methods: faulty.requests.map(({ method }) => method), heads: faulty.requests.map(r => r.head) };
  }

  const found = head('200 OK', { 'content-length': 10, etag: '"one"' });

  it('is told which file is meant', async () => {
    let isGone = false;
    const { outcome, heads } = await removeFrom(({ method }) => {
      if (method === 'PROPFIND') return status('501 Not Implemented');
      if (method === 'DELETE') isGone = true;
      return isGone ? status(method === 'DELETE' ? '204 No Content' : '404 Not Found') : found;
    });
    expect(outcome).toBeUndefined();
    expect(heads.find(text => text.startsWith('DELETE'))).toMatch(/^if-match: "one"$/im);
  });

  it.each([
    ['says that it removed the file, and has it still', '204 No Content', 'RCS_STORAGE_FAILED'],
    ['removed a part', '207 Multi-Status', 'RCS_STORAGE_FAILED'],
    ['has another file there now', '412 Precondition Failed', 'RCS_STORAGE_CHANGED'],
    ['lets nobody remove anything', '403 Forbidden', 'RCS_STORAGE_ACCESS_REFUSED'],
    ['has the file locked', '423 Locked', 'RCS_STORAGE_FAILED'],
  ])('is not believed where it %s', async (_what, answer, code) => {
    const { outcome } = await removeFrom(({ method }) => {
      if (method === 'PROPFIND') return status('405 Method Not Allowed');
      return method === 'DELETE' ? status(answer) : found;
    });
    expect(outcome).toEqual(rcsError(code));
  });

  it.each([
    ['a folder', head('207 Multi-Status', { 'content-length': folder.length }) + folder],
    ['it does not know', status('500 Internal Server Error')],
    ['a redirection', status('301 Moved Permanently')],
  ])('is asked to remove nothing that is %s', async (_what, properties) => {
    const { outcome, methods } = await removeFrom(({ method }) => (method === 'HEAD' ? found : properties));
    expect(outcome).toEqual(rcsError('RCS_STORAGE_FAILED'));
    expect(methods).not.toContain('DELETE');
  });
});
