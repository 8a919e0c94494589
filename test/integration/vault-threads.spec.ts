import { readdirSync, readFileSync } from 'node:fs';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(60_000);

let testBed: VaultTestBed;
beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
});
afterAll(() => testBed?.clear());

/** Nice values of the threads of a process, its first thread first (proc(5), `stat`, field 19). */
const niceValues = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`)
    .sort((a, b) => Number(a) - Number(b))
    .map(task =>
      readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' '),
    )
    .map(fields => Number(fields[16]));

describe('the threads of a vault', () => {
  it('give way to its event loop where calls of the token run on them, as many as were asked for', async () => {
    const vault = await testBed.startVault({ threads: 3 });
    const [eventLoop, ...others] = niceValues(vault.pid);
    const lowered = others.filter(nice => nice !== eventLoop);
    expect(eventLoop).toBe(niceValues(process.pid)[0]);
    expect(lowered).toEqual(Array(3).fill((eventLoop ?? 0) + 3));
  });
});
