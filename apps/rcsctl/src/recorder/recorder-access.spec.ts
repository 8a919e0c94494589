import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfiguration } from '#platform';
import { recorderAccess, type RecorderOptions } from './recorder-access.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-recorder-access-'));
afterAll(() => rmSync(work, { recursive: true }));

const [first, second] = ['http://first.example/recordings', 'http://second.example/recordings'];
const file = join(work, 'application.yaml');
writeFileSync(
  file,
  stringify({
    serverSettings: { opsUserPassword: 'ops', defaultContactCenter: 'cc1' },
    rcsctl: { gateway: { url: 'https://gateway.example', userName: 'alice', password: 'hers' } },
    mediaStorages: [
      { url: first, userName: 'one', password: 'of the first' },
      { url: second, userName: 'two', password: 'of the second' },
    ],
  }),
);

const webdavOf = (options: RecorderOptions) => recorderAccess(loadConfiguration(file, {}), options).webdav;

describe(recorderAccess.name, () => {
  it('takes the first storage, whose paths need no URL', () => {
    const expected = { url: first, user: 'one', password: 'of the first' };
    expect(webdavOf({})).toMatchObject({ ...expected, storageUrl: undefined });
    expect(webdavOf({ webdav: first })).toMatchObject({ ...expected, storageUrl: undefined });
  });

  it('takes the credentials of the storage that is named, and names it in the metadata', () => {
    const access = webdavOf({ webdav: `${second}/` });
    expect(access).toMatchObject({ user: 'two', password: 'of the second', storageUrl: second });
  });

  it('gives the password of one storage to no other', () => {
    const elsewhere = 'http://elsewhere.example/recordings';
    const expected = { url: elsewhere, user: undefined, password: undefined, storageUrl: undefined };
    expect(webdavOf({ webdav: elsewhere })).toMatchObject(expected);
  });

  it('is told how the servers reach the storage', () => {
    const access = webdavOf({ webdav: 'http://proxy.example/recordings', storageUrl: second });
    expect(access).toMatchObject({ user: undefined, storageUrl: second });
  });
});
