import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { waitFor } from '#test/waiting/wait-for.js';

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

const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

describe('the process of a module', () => {
  it('has as many threads for its calls as were asked for, which give way to the event loops', async () => {
    const vault = await testBed.startVault({ threads: 3 });
    const [host] = vault.children();
    const own = niceValues(process.pid)[0] ?? 0;
    const [eventLoop, ...others] = niceValues(host!);
    expect(eventLoop).toBe(own);
    expect(others.filter(nice => nice !== eventLoop)).toEqual(Array(3).fill(own + 3));
    expect(new Set(niceValues(vault.pid))).toEqual(new Set([own]));
  });

  it('has one for every session and one for administration where nobody asks', async () => {
    const vault = await testBed.startVault({ token: { ...testBed.token, sessions: 3 } });
    const [host] = vault.children();
    const own = niceValues(process.pid)[0] ?? 0;
    expect(niceValues(host!).filter(nice => nice === own + 3)).toHaveLength(4);
  });

  it('has no PIN in its arguments or environment, none of our settings, and leaves no core behind', async () => {
    const vault = await testBed.startVault();
    const [host] = vault.children();
    const read = (file: string): string => readFileSync(`/proc/${host}/${file}`, 'utf8');
    const seen = `${read('cmdline')}${read('environ')}`;
    expect(seen).not.toContain(testBed.softHsm.pin);
    expect(seen).not.toContain('RCS_');
    expect(read('environ')).toContain('SOFTHSM2_CONF=');
    expect(read('limits')).toMatch(/^Max core file size +0 +0 /m);
    expect(read('maps')).toContain('libsofthsm2');
    expect(readFileSync(`/proc/${vault.pid}/maps`, 'utf8')).not.toContain('libsofthsm2');
    const residentKb = Number(/VmRSS:\s+(\d+)/.exec(statusOf(host!))?.[1]);
    expect(residentKb).toBeLessThan(150_000);
  });

  it('ends with the vault, however that ends', async () => {
    const stopped = await testBed.startVault();
    const [first] = stopped.children();
    await stopped.stop();
    expect(existsSync(`/proc/${first}`)).toBe(false);
    const killed = await testBed.startVault();
    const [second] = killed.children();
    killed.kill();
    await waitFor('the process of the module to end', () => !existsSync(`/proc/${second}`) || isZombie(second!));
  });
});

const isZombie = (pid: number): boolean => /^State:\s+Z/m.test(statusOf(pid));
