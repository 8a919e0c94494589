import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { storedFilesDirectory } from './stored-files-directory.js';

const { getuid = () => NaN, getgid = () => NaN } = process;
const account = { name: 'the service', uid: getuid(), gid: getgid() };
let home: string;
const places = new Set<string>();

/** Of a data directory at always the same path. */
const filesOf = (data: string): string => {
  const place = storedFilesDirectory(join(home, data, 'webdav'), account);
  places.add(place);
  return place;
};

beforeEach(() => (home = mkdtempSync('/var/tmp/stored-files-spec-')));
afterEach(() => {
  for (const place of [home, ...places]) rmSync(place, { recursive: true, force: true });
  places.clear();
});

describe(storedFilesDirectory.name, () => {
  it('is in a data directory that everybody may pass through', () => {
    chmodSync(home, 0o755);
    mkdirSync(join(home, 'data'));
    expect(filesOf('data')).toBe(join(home, 'data/webdav/files'));
  });

  describe('below a directory that others may not pass through', () => {
    beforeEach(() => mkdirSync(join(home, 'data')));

    it('lies elsewhere, and again there at the next start', () => {
      const place = filesOf('data');
      expect(dirname(place)).toBe('/var/tmp');
      expect(lstatSync(place).mode & 0o777).toBe(0o755);
      expect(filesOf('data')).toBe(place);
    });

    it('has nothing of a data directory that lay there before', () => {
      writeFileSync(join(filesOf('data'), 'call.bin'), 'of a key that is gone');
      rmSync(join(home, 'data'), { recursive: true });
      mkdirSync(join(home, 'data'));
      expect(existsSync(join(filesOf('data'), 'call.bin'))).toBe(false);
    });

    it('stays with a data directory that is moved', () => {
      const place = filesOf('data');
      cpSync(join(home, 'data'), join(home, 'moved'), { recursive: true, verbatimSymlinks: true });
      expect(filesOf('moved')).toBe(place);
    });

    it('finds the files of a data directory without a link', () => {
      const directory = join(home, 'data/webdav');
      const place = `/var/tmp/recording-crypto-server-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
      for (const made of [directory, place]) mkdirSync(made);
      expect(filesOf('data')).toBe(place);
    });

    it('begins anew when somebody removed the files', () => {
      rmSync(filesOf('data'), { recursive: true });
      expect(readlinkSync(join(home, 'data/webdav/files'))).not.toBe(filesOf('data'));
    });

    it('loses no files when a directory above them is closed later', () => {
      mkdirSync(join(home, 'data/webdav/files'), { recursive: true });
      expect(() => filesOf('data')).toThrow(/the service may not pass through to .*: open the directories above it/);
    });

    it('refuses a place of somebody else', () => {
      filesOf('data');
      const link = join(home, 'data/webdav');
      const strange = { ...account, uid: 65_534 };
      const chosen = jest.spyOn(process, 'getuid').mockReturnValue(65_533);
      expect(() => storedFilesDirectory(link, strange)).toThrow(/belongs to somebody else: remove the link/);
      chosen.mockRestore();
    });
  });
});
