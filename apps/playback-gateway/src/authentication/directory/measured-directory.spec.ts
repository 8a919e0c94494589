import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { RcsError } from '#platform';
import { IdentitySourceMetrics } from '../../metrics/identity-source-metrics.js';
import type { Directory } from './directory.js';
import { MeasuredDirectory } from './measured-directory.js';

const unavailable = new RcsError('RCS_DIRECTORY_UNAVAILABLE', 'it is away');

describe(MeasuredDirectory.name, () => {
  let registry: Registry;
  let metrics: IdentitySourceMetrics;
  beforeEach(() => {
    registry = new Registry();
    metrics = new IdentitySourceMetrics(registry);
  });

  const directory = (answers: Partial<Directory>): Directory =>
    new MeasuredDirectory(
      {
        canFind: true,
        find: () => Promise.resolve(undefined),
        authenticate: () => Promise.resolve(undefined),
        close: () => undefined,
        ...answers,
      },
      metrics,
    );

  async function valueOf(name: string, source: string, outcome: string): Promise<number> {
    const line = new RegExp(
      `^rcs_identity_source_seconds_${name}\\{source="${source}",outcome="${outcome}"\\} (.*)$`,
      'm',
    );
    return Number(line.exec(await registry.metrics())?.[1]);
  }

  it('begins at zero, so that the first failure is seen', async () => {
    for (const source of ['directory', 'openid'])
      expect(await valueOf('count', source, 'RCS_DIRECTORY_UNAVAILABLE')).toBe(0);
  });

  it('counts questions by how they ended, and passes on what came of them', async () => {
    await directory({}).find('anthony', 'user-name');
    await expect(directory({ find: () => Promise.reject(unavailable) }).find('a', 'agent-id')).rejects.toBe(
      unavailable,
    );
    await expect(metrics.measured('openid', () => Promise.reject(unavailable))).rejects.toBe(unavailable);
    expect(await valueOf('count', 'directory', 'ok')).toBe(1);
    expect(await valueOf('count', 'directory', 'RCS_DIRECTORY_UNAVAILABLE')).toBe(1);
    expect(await valueOf('count', 'openid', 'RCS_DIRECTORY_UNAVAILABLE')).toBe(1);
  });

  it('does not take for the time of a directory what callers wait for before a password is looked at', async () => {
    const asking = directory({
      authenticate: async (_name, _password, found) => {
        await found?.('cn=anthony');
        return undefined;
      },
    });
    await asking.authenticate('anthony', 'secret', () => delay(300));
    expect(await valueOf('sum', 'directory', 'ok')).toBeLessThan(0.2);
  });

  it('does not take for a failure of a directory that a caller slows down guesses', async () => {
    const slowed = new RcsError('RCS_TOO_MANY_REQUESTS', 'too many failed logins');
    const asking = directory({
      authenticate: async (_name, _password, found) => {
        await found?.('cn=anthony');
        return undefined;
      },
    });
    await expect(asking.authenticate('anthony', 'secret', () => Promise.reject(slowed))).rejects.toBe(slowed);
    expect(await valueOf('count', 'directory', 'ok')).toBe(1);
  });
});
