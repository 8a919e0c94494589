import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFuzzTarget } from './fuzz-target.js';

const corpus = join(__dirname, 'corpus');

describe('the fuzz corpus', () => {
  it('is read without surprises', async () => {
    const names = readdirSync(corpus);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) await runFuzzTarget(readFileSync(join(corpus, name)));
  });
});
