import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptProcess } from './kept-process.js';
import { SupervisedProcess } from './supervised-process.js';

describe(KeptProcess.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-kept-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const readyFile = join(work, 'ready');
  let said: string[];
  beforeEach(() => {
    said = [];
    rmSync(readyFile, { force: true });
  });

  /** A shell that is ready when its file is there; it runs `script` first. */
  async function start(script: string, pausesMs: readonly number[]): Promise<KeptProcess> {
    const process = await SupervisedProcess.start({
      name: 'shell',
      program: 'sh',
      args: ['-c', `${script}; touch ready; exec sleep 600`],
      environment: { PATH: '/usr/bin:/bin' },
      workingDirectory: work,
      logFile: join(work, 'log'),
      isReady: () => Promise.resolve(existsSync(readyFile)),
    });
    return new KeptProcess(process, pausesMs);
  }
  const kill = (kept: KeptProcess): void => {
    process.kill(kept.pid!, 'SIGKILL');
  };
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise(resolve => setTimeout(resolve, 10));
  }

  it('starts a process again that was killed, and says so', async () => {
    const kept = await start(':', [5, 5]);
    const ended = kept.keep(text => said.push(text));
    const first = kept.pid;
    kill(kept);
    await until(() => said.includes('shell runs again'));
    expect(kept.pid).not.toBe(first);
    expect(kept.running).toBe(true);
    expect(said[0]).toBe('shell ended: signal SIGKILL; it is started again in 0.005 s (try 1 of 2)');
    await kept.stop();
    expect(await ended).toBeUndefined();
    expect(kept.running).toBe(false);
  });

  it('gives up after the last try, and says why', async () => {
    const kept = await start('test ! -e broken || exit 3', [1, 2, 3, 4, 5]);
    const ended = kept.keep(text => said.push(text));
    rmSync(readyFile);
    writeFileSync(join(work, 'broken'), '');
    kill(kept);
    expect(await ended).toMatch(/^shell ended at once \(exit status 3\)/);
    expect(said.map(text => text.slice(-11))).toEqual([1, 2, 3, 4, 5].map(number => `try ${number} of 5)`));
    rmSync(join(work, 'broken'));
  });

  it('starts it again at once when its program has changed, and counts no try', async () => {
    const kept = await start(':', []);
    const ended = kept.keep(text => said.push(text), true);
    const first = kept.pid;
    await kept.restart();
    await until(() => said.includes('shell runs again'));
    expect(kept.pid).not.toBe(first);
    expect(said).toEqual(['shell runs again']);
    await kept.stop();
    expect(await ended).toBeUndefined();
  });

  it('waits for the next change of a program that does not start', async () => {
    const kept = await start('test ! -e broken || exit 3', [1]);
    const ended = kept.keep(text => said.push(text), true);
    rmSync(readyFile);
    writeFileSync(join(work, 'broken'), '');
    kill(kept);
    await until(() => said.some(text => text.endsWith('when its program has changed')));
    rmSync(join(work, 'broken'));
    await kept.restart();
    await until(() => kept.running && said.includes('shell runs again'));
    await kept.stop();
    expect(await ended).toBeUndefined();
  });

  it('does not start it again once it is told to stop, even in the middle of a pause', async () => {
    const kept = await start(':', [600_000]);
    const ended = kept.keep(text => said.push(text));
    kill(kept);
    await until(() => said.length === 1);
    await kept.stop();
    expect(await ended).toBeUndefined();
    expect(kept.running).toBe(false);
  });
});
