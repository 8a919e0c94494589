import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatchedFiles } from './watched-files.js';

describe(WatchedFiles.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-watched-'));
  const file = join(work, 'list');
  let watched: WatchedFiles | undefined;

  afterEach(() => watched?.stop());
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it('tells of a file once two looks have found the same: not of each piece while it is written', async () => {
    writeFileSync(file, '');
    let pieces = 0;
    const told = await new Promise<number>(resolve => {
      // Asked for at each look: somebody writes on from one to the next.
      const paths = (): string[] => {
        if (watched !== undefined && pieces < 5) appendFileSync(file, `${++pieces}\n`);
        return [file];
      };
      watched = new WatchedFiles(paths, 10, () => {
        resolve(pieces);
        return Promise.resolve();
      });
      watched.start();
    });
    expect(told).toBe(5);
  });
});
