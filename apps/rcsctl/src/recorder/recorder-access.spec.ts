import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ConfigurationError, loadConfiguration } from '#platform';
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

  it.each([
    ['empty', ''],
    ['cut off', '-----BEGIN CERTIFICATE-----\nMIIB'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'],
  ])('refuses a file of authorities that is %s: those of the system would be trusted instead, or nobody', (_, text) => {
    const ca = join(work, 'ca.pem');
    writeFileSync(ca, text);
    for (const [option, options] of Object.entries({ '--ca': { ca }, '--webdav-ca': { webdavCa: ca } })) {
      expect(() => webdavOf(options)).toThrow(ConfigurationError);
      expect(() => webdavOf(options)).toThrow(`option ${option}: `);
    }
  });
});
