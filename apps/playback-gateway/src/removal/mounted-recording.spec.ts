import { pathOfWindow } from '#media-storage';
import { isMounted, isMountedFrom, refuseMounted } from './mounted-recording.js';

const window = { start: 10, end: 20, size: 100, version: '0'.repeat(32) };
const of = (...paths: readonly string[]) => ({
  id: 'R1',
  mediaFiles: paths.map((path, index) => ({
    mediaId: `${index}`,
    type: 'audio/mp3',
    leaf: `${index}.mp3`,
    mediaDescriptor: { storage: 'webDAV', path },
  })),
});
const member = (path: string): string => pathOfWindow(path, window);

describe('a recording whose media are', () => {
  it.each<[string, string[], boolean]>([
    ['files of their own', ['a.bin', 'b.bin'], false],
    ['members of an archive', [member('a.zip'), member('a.zip')], true],
    ['of both kinds', ['a.bin', member('a.zip')], true],
  ])('%s', (_, paths, expected) => {
    expect(isMounted(of(...paths))).toBe(expected);
    const refusal = expect.objectContaining({ code: 'RCS_RECORDING_READ_ONLY' }) as Error;
    if (expected) expect(() => refuseMounted(of(...paths))).toThrow(refusal);
    else expect(() => refuseMounted(of(...paths))).not.toThrow();
  });
});

describe('an archive', () => {
  it.each<[string, string[], string, boolean]>([
    ['has its members', [member('x/a.zip'), member('x/a.zip')], 'x/a.zip', true],
    ['has the files below its folder', [member('x/a/cc/1.bin')], 'x/a/', true],
    ['has nothing of one whose name goes on', [member('x/a.zip2')], 'x/a.zip', false],
    ['has nothing of a folder whose name goes on', [member('x/ab/1.bin')], 'x/a/', false],
    ['has nothing of what lies below a name without a slash', [member('x/a/1.bin')], 'x/a', false],
    ['has nothing of what lies in two of them', [member('a.zip'), member('b.zip')], 'a.zip', false],
    ['has nothing of files that are none of its members', ['a.zip'], 'a.zip', false],
    ['has nothing of the same name in another kind of storage', [member('a.zip')], 'file', false],
  ])('%s', (_, paths, asked, expected) => {
    const archive = asked === 'file' ? { storage: 'file', path: 'a.zip' } : { storage: 'WEBDAV', path: asked };
    expect(isMountedFrom(of(...paths), archive)).toBe(expected);
  });
});
