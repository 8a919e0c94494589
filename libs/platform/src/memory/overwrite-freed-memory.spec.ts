import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { countInMemory } from '#test/cluster/process-memory.js';
import { spellingsOf } from '#test/traces/spellings.js';
import { endingWithUs } from '../lifecycle/ending-with-us.js';
import { allocatorSettings } from './allocator-settings.js';
import { overwriteFreedMemory } from './overwrite-freed-memory.js';

jest.setTimeout(60_000);

const loader = join(__dirname, '../../../store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'testing/careless-process.main.ts');

describe(overwriteFreedMemory.name, () => {
  it.each([
    ['as it begins', []],
    ['as it is grown', ['--min-semi-space-size=4', '--max-semi-space-size=4']],
  ])('leaves nothing of what a process has dropped, its young generation %s', async (_, flags) => {
    const child = spawn(...endingWithUs(process.execPath, [...flags, '--require', loader, program]), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...allocatorSettings },
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
