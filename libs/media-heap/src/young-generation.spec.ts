import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { growYoungGeneration } from './young-generation.js';

const loader = join(__dirname, '../../store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'testing/growing-process.main.ts');
const mebibyte = 1024 * 1024;

describe(growYoungGeneration.name, () => {
  it('lets it grow to two halves of 4 MiB, and no further whatever survives', () => {
    const out = execFileSync(process.execPath, ['--require', loader, program], { encoding: 'utf8' });
    const [before = Infinity, grown = 0, later = 0] = JSON.parse(out) as number[];
    expect(before).toBeLessThan(8 * mebibyte);
    expect([grown / mebibyte, later / mebibyte]).toEqual([8, 8]);
  });
});
