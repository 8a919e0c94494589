import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../../../..');
const page = readFileSync(join(repository, 'docs/spine.md'), 'utf8');
const files = [...page.matchAll(/^## \d+\. `([\w./-]+\.ts)`$/gm)].map(([, file = '']) => file);
const longest = 250;

describe('the spine of a playback, docs/spine.md', () => {
  it('is five files', () => {
    expect(files).toHaveLength(5);
  });

  it.each(files)('names a file that is there and can be read in one go: %s', file => {
    expect(readFileSync(join(repository, file), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(longest);
  });
});
