import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SupervisedProcess } from './supervised-process.js';

describe(SupervisedProcess.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-supervised-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const start = (script: string): Promise<SupervisedProcess> =>
    SupervisedProcess.start({
      name: 'shell',
      program: 'sh',
      args: ['-c', script],
      environment: { PATH: '/usr/bin:/bin' },
      workingDirectory: work,
      logFile: join(work, 'log'),
      isReady: () => Promise.resolve(false),
    });

  it('says of a process that ends at once what this one logged', async () => {
    await expect(start('echo of the first; exit 3')).rejects.toThrow(
      `shell ended at once (exit status 3); the end of ${join(work, 'log')}:\nof the first`,
    );
    const second = await start('echo of the second >&2; exit 4').catch((error: unknown) => (error as Error).message);
    expect(second).toMatch(/exit status 4.*\nof the second$/);
    expect(second).not.toContain('of the first');
    await expect(start('exit 5')).rejects.toThrow(/exit status 5\); it wrote nothing into /);
  });
});
