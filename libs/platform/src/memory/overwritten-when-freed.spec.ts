import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { allocatorSettings } from './allocator-settings.js';
import { isOverwrittenWhenFreed } from './overwritten-when-freed.js';

const loader = join(__dirname, '../../../store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'testing/overwritten-process.main.ts');

/** What a process with these settings of its allocator says of itself. */
function saidWith(settings: Readonly<Record<string, string>>): unknown {
  const options = { encoding: 'utf8', env: { ...process.env, GLIBC_TUNABLES: undefined, ...settings } } as const;
  return JSON.parse(execFileSync(process.execPath, ['--require', loader, program], options));
}

describe(isOverwrittenWhenFreed.name, () => {
  it.each([
    ['as our services have it', allocatorSettings, true],
    ['left alone', {}, false],
    ['with caches of its threads', { GLIBC_TUNABLES: 'glibc.malloc.perturb=165' }, false],
    ['without caches, and nothing else', { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0' }, false],
  ])('sees an allocator %s', (_how, settings, expected) => {
    expect(saidWith(settings)).toBe(expected);
  });
});
