import { execFileSync } from 'node:child_process';
import { ChildProgram } from '../testing/child-program.js';
import { collect } from '../testing/collect.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';

/** Sequence and hash of each record that the process was told is durable. */
function acknowledged(program: ChildProgram): string[] {
  return program.lines.filter(line => line.startsWith('ok ')).map(line => line.slice('ok '.length));
}

const isError = (line: string): boolean => line.startsWith('error ');
const isOk = (line: string): boolean => line.startsWith('ok ');

describe('durability of the audit log', () => {
  const directory = new SqliteTestDirectory();
  let programs: ChildProgram[] = [];

  function startAppending(writer: string): ChildProgram {
    const program = new ChildProgram('appending-process.ts', [directory.path, writer]);
    programs.push(program);
    return program;
  }

  afterEach(async () => {
    await Promise.all(programs.map(program => program.kill()));
    programs = [];
  });

  async function expectSoundAndComplete(expected: readonly (readonly [string, readonly string[]])[]): Promise<void> {
    const { audit } = await directory.open({ auditWriter: 'reader' });
    expect((await audit.verify()).problems).toEqual([]);
    const records = await collect(audit.query());
    for (const [writer, acknowledgements] of expected) {
      const own = records.filter(record => record.writer === writer);
      const stored = new Set(own.map(({ sequence, hash }) => `${sequence} ${hash}`));
      expect(acknowledgements.filter(acknowledgement => !stored.has(acknowledgement))).toEqual([]);
    }
  }

  it('holds every acknowledged record when processes are killed in the middle, again and again', async () => {
    const all: [string, string[]][] = [];
    for (const round of [1, 2]) {
      const writers = ['gateway-1', 'gateway-2'].map(writer => [writer, startAppending(writer)] as const);
      await Promise.all(writers.map(([, program]) => program.until(lines => lines.length >= 200 * round)));
      await Promise.all(writers.map(([, program]) => program.kill()));
      for (const [writer, program] of writers) {
        expect(program.lines.filter(isError)).toEqual([]);
        all.push([writer, acknowledged(program)]);
      }
    }
    await expectSoundAndComplete(all);
  }, 60_000);

  it('refuses while the disk takes no more, and goes on when it does', async () => {
    const program = startAppending('gateway-1');
    await program.until(lines => lines.length >= 50);
    limitFileSize(program.pid, '4096');
    await program.until(lines => lines.filter(isError).length >= 20);
    const refused = program.lines.filter(isError);
    expect(new Set(refused)).toEqual(new Set(['error RCS_AUDIT_UNAVAILABLE']));

    limitFileSize(program.pid, 'unlimited');
    await program.until(lines => lines.filter(isOk).length >= 50, program.lines.length);
    await program.kill();
    await expectSoundAndComplete([['gateway-1', acknowledged(program)]]);
  }, 60_000);
});

/** The soft limit alone, so that it can be raised again: beyond it, write(2) fails as on a full disk. */
function limitFileSize(pid: number, limit: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]);
}
