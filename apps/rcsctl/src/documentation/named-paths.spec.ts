import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../../../..');
const pagesIn = (directory: string): string[] =>
  readdirSync(join(repository, directory))
    .filter(name => name.endsWith('.md'))
    .map(name => join(directory, name));
const pages = ['', 'docs', 'docs/decisions'].flatMap(pagesIn);

/** Files and directories of the sources that a page names in code font. */
const namedBy = (page: string): string[] =>
  [...readFileSync(join(repository, page), 'utf8').matchAll(/`((?:apps|libs|test|scripts)\/[\w./-]+)`/g)].map(
    ([, path = '']) => path,
  );

describe('the pages of the documentation', () => {
  it.each(pages)('name no file or directory that is not there: %s', page => {
    expect(namedBy(page).filter(path => !existsSync(join(repository, path)))).toEqual([]);
  });

  it('say of every loop that tries again, and of every step of a playback, in which file it is', () => {
    for (const page of ['docs/retries.md', 'docs/spine.md']) expect(namedBy(page).length).toBeGreaterThan(5);
  });
});
