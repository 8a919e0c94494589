import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { softHsmToken } from './softhsm-token.js';

describe(softHsmToken.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-softhsm-token-'));
  const [original, copy] = [join(work, 'original'), join(work, 'copy')];
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const pins = ['1234', '5678'] as const;
  /** The file of an object that both would show if they were one token. */
  const isThere = (environment: Readonly<Record<string, string>>): boolean =>
    execFileSync('softhsm2-util', ['--show-slots'], { env: { ...environment }, encoding: 'utf8' }).includes(
      'recordings',
    );

  it('is the one of its own directory, also where that is a copy of another', async () => {
    const first = await softHsmToken(original, ...pins);
    cpSync(original, copy, { recursive: true });
    const second = await softHsmToken(copy, ...pins);
    expect([isThere(first.environment), isThere(second.environment)]).toEqual([true, true]);
    rmSync(join(original, 'tokens'), { recursive: true });
    expect(isThere(second.environment)).toBe(true);
  });

  it('keeps what else its configuration says', async () => {
    const { environment } = await softHsmToken(copy, ...pins);
    const configuration = environment.SOFTHSM2_CONF!;
    writeFileSync(configuration, `log.level = DEBUG\ndirectories.tokendir = ${join(original, 'tokens')}\n`);
    await softHsmToken(copy, ...pins);
    expect(isThere(environment)).toBe(true);
  });
});
