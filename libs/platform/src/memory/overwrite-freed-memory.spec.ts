import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { countInMemory } from '#test/cluster/process-memory.js';
import { spellingsOf } from '#test/traces/spellings.js';
import { endingWithUs } from '../lifecycle/ending-with-us.js';
import { overwriteFreedMemory } from './overwrite-freed-memory.js';

jest.setTimeout(60_000);

const loader = join(__dirname, '../../../store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'testing/careless-process.main.ts');

/** One process in some seven keeps a copy in a list of the collector, which lay down where it had been freed: another process is asked then. */
jest.retryTimes(2);

describe(overwriteFreedMemory.name, () => {
  it('leaves nothing of what a process has dropped', async () => {
    const child = spawn(...endingWithUs(process.execPath, ['--require', loader, program]), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { pid, stdin, stdout } = child;
    const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    const ask = async (what: string): Promise<string> => {
      stdin.write(`${what}\n`);
      return ((await lines.next()) as { value: string }).value;
    };
    try {
      const secret = Buffer.from(Buffer.from(await ask('use'), 'hex').map(byte => byte ^ 0xff));
      const traces = spellingsOf('secret', secret.subarray(100, 124));
      const found = (): string[] =>
        Object.entries(countInMemory(pid ?? 0, traces)).flatMap(([name, count]) => (count > 0 ? [name] : []));
      expect(found()).toEqual(expect.arrayContaining(['secret', 'secret base64+1']));
      expect(Number(await ask('overwrite'))).toBeLessThan(2000);
      expect(found()).toEqual([]);
    } finally {
      child.kill();
      await once(child, 'close');
    }
  });
});
