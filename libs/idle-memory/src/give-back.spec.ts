import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { giveBack, type GivenBack } from './give-back.js';

const loader = join(__dirname, '../../store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'testing/quiet-process.main.ts');
const kiBInMiB = 1024;

interface Mapping {
  readonly access: string;
  readonly text: string;
  readonly residentKiB: number;
}

describe(giveBack.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'idle-memory-'));
  let child: ChildProcessByStdio<Writable, Readable, null>;
  let lines: AsyncIterator<string>;

  const ask = async (what: string): Promise<string> => {
    child.stdin.write(`${what}\n`);
    return ((await lines.next()) as { value: string }).value;
  };
  const given = async (...parts: string[]): Promise<Partial<GivenBack> & { error?: string }> =>
    JSON.parse(await ask(['give-back', ...parts].join(' '))) as object;
  const smaps = (): string => readFileSync(`/proc/${child.pid}/smaps`, 'utf8');
  /** Those of Node's own file that nothing is written to. */
  const ofNode = (): Mapping[] => mappingsOf(smaps()).filter(({ access }) => !access.includes('w'));
  const residentKiB = (): number => ofNode().reduce((sum, mapping) => sum + mapping.residentKiB, 0);
  const anonymousKiB = (): number =>
    Number(/^Anonymous: +(\d+)/m.exec(readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'))?.[1]);

  beforeEach(async () => {
    child = spawn(process.execPath, ['--require', loader, program], { stdio: ['pipe', 'pipe', 'inherit'] });
    lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    // It runs now, and what it is made of is mapped.
    await ask('work');
  });
  afterEach(async () => {
    child.kill();
    await once(child, 'close');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('lets go of most of what is mapped of Node, which works as before', async () => {
    const before = await ask('work');
    const resident = residentKiB();
    const { programKiB } = await given();
    expect(programKiB).toBeGreaterThan(resident * 0.9);
    expect(residentKiB()).toBeLessThan(resident / 2);
    expect(await ask('work')).toBe(before);
    // What was read of the file once more is what it was.
    expect((await given()).programKiB).toBeGreaterThan(0);
    expect(await ask('work')).toBe(before);
  });

  it('gives free pieces between others back to the system', async () => {
    await ask('scatter');
    await ask('collect');
    const before = anonymousKiB();
    expect(await given()).toMatchObject({ heaps: true });
    expect(before - anonymousKiB()).toBeGreaterThan(20 * kiBInMiB);
  });

  it('gives heaps back, each time, also where nothing tells of the mappings', async () => {
    for (let round = 0; round < 2; round++) {
      await ask('scatter');
      await ask('collect');
      const before = anonymousKiB();
      const problem = expect.stringContaining('No such file') as string;
      expect(await given(join(directory, 'nowhere'))).toEqual({ heaps: true, programKiB: 0, problem });
      expect(before - anonymousKiB()).toBeGreaterThan(20 * kiBInMiB);
    }
  });

  it('leaves a mapping alone that has a page of the process itself, which would be lost', async () => {
    expect(await ask('marked')).toBe('00');
    await ask('mark');
    const [first] = ofNode();
    expect((await given()).programKiB).toBeGreaterThan(0);
    expect(await ask('marked')).toBe('a5');
    expect(ofNode()[0]?.residentKiB).toBeGreaterThanOrEqual(first?.residentKiB ?? NaN);
  });

  describe('leaves a mapping alone', () => {
    it.each<[how: string, change: (mapping: string) => string]>([
      ['that has anonymous pages', text => text.replace(/^Anonymous: .*$/m, 'Anonymous: 4 kB')],
      ['that has pages in swap', text => text.replace(/^Swap: .*$/m, 'Swap: 4 kB')],
      ['that is locked', text => text.replace(/^Locked: .*$/m, 'Locked: 4 kB')],
      ['of huge pages', text => text.replace(/^KernelPageSize: .*$/m, 'KernelPageSize: 2048 kB')],
      ['that can be written', text => text.replace(/ r[-w]([-x])p /, ' rw$1p ')],
      ['that is shared', text => text.replace(/ (r-[-x])p /, ' $1s ')],
      ['that has no file', text => text.replace(/^(\S+ \S+ \S+ \S+) \d+/, '$1 0')],
      ['that is not of Node', text => text.replace(/^\w+-\w+/, '7ffff0000000-7ffff0100000')],
      ['that is larger than it should be', text => text.replace(/^(\w+)-\w+/, '$1-7ffff0100000')],
      ['of which the kernel tells no anonymous pages', text => text.replace(/^Anonymous: .*\n/m, '')],
      ['of which the kernel tells no pages in swap', text => text.replace(/^Swap: .*\n/m, '')],
      ['of which the kernel tells nothing', text => text.replace(/\n[^]*/, '\n')],
    ])('%s', async (how, change) => {
      const mappings = ofNode().map(({ text }) => text);
      const file = join(directory, how.replaceAll(' ', '-'));
      writeFileSync(file, mappings.map(change).join(''));
      expect(await given(file)).toMatchObject({ programKiB: 0 });
      // As they are they would have been dropped.
      writeFileSync(file, mappings.join(''));
      expect((await given(file)).programKiB).toBeGreaterThan(0);
    });
  });

  it.each([
    ['the native part is missing', '/proc/self/smaps', join(directory, 'nowhere.node'), 'nowhere.node'],
    ['the native part cannot be loaded', '/proc/self/smaps', program, 'invalid ELF header'],
  ])('says so where %s, and the process goes on', async (_how, file, native, reason) => {
    const before = await ask('work');
    expect((await given(file, native)).error).toContain(reason);
    expect(await ask('work')).toBe(before);
  });
});

function mappingsOf(smaps: string): Mapping[] {
  return smaps
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter(text => text.split('\n')[0]?.endsWith(` ${process.execPath}`))
    .map(text => ({
      text,
      access: text.split(' ')[1] ?? '',
      residentKiB: Number(/^Rss: +(\d+)/m.exec(text)?.[1]),
    }));
}
