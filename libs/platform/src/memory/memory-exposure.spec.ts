import { execFileSync } from 'node:child_process';
import { memoryExposures, readKernelFacts } from './memory-exposure.js';

const limits = (core: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax core file size        ${core.padEnd(20)} unlimited            bytes\n`;
const header = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const risks = (facts: Partial<ReturnType<typeof readKernelFacts>>): string[] =>
  memoryExposures({ limits: '', swaps: '', swapMaximum: '', ...facts }).map(({ risk }) => risk);

describe(memoryExposures.name, () => {
  it.each([
    ['nothing is known', {}, []],
    ['core dumps are off', { limits: limits('0') }, []],
    ['core dumps are on', { limits: limits('unlimited') }, ['core-dump']],
    ['core dumps are cut short', { limits: limits('4096') }, ['core-dump']],
    ['there is no swap', { swaps: header }, []],
    ['there is swap', { swaps: `${header}/swapfile file 1 0 -2\n` }, ['swap']],
    ['the process may not swap', { swaps: `${header}/swapfile file 1 0 -2\n`, swapMaximum: '0\n' }, []],
    ['the process may swap', { swaps: `${header}/swapfile file 1 0 -2\n`, swapMaximum: 'max\n' }, ['swap']],
  ])('when %s', (_what, facts, expected) => {
    expect(risks(facts)).toEqual(expected);
  });

  it('reads the limit of a real process', () => {
    const read = (core: string): string[] =>
      risks({
        limits: execFileSync('sh', ['-c', `ulimit -S -c ${core}; cat /proc/self/limits`], { encoding: 'utf8' }),
      });
    expect(read('0')).toEqual([]);
    expect(readKernelFacts().limits).toContain('Max core file size');
  });
});
