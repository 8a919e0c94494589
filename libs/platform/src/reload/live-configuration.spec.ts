import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { createLogger } from '../logging/logger.js';
import { LiveConfiguration } from './live-configuration.js';

describe(LiveConfiguration.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-live-'));
  const file = join(work, 'application.yaml');
  let lines: Record<string, unknown>[] = [];
  let registry: Registry;
  let live: LiveConfiguration | undefined;

  beforeEach(() => {
    lines = [];
    registry = new Registry();
  });
  afterEach(() => live?.stop());
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const write = (level: string, more = ''): void =>
    writeFileSync(file, `reloadIntervalMs: 10\nlogging: { level: ${level} }\n${more}`);

  function open(): LiveConfiguration {
    const read = () => loadConfiguration(file, {});
    const output = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    live = new LiveConfiguration(read(), read, file, createLogger('test', 'test', 'info', output), registry);
    return live;
  }

  const metric = async (name: string): Promise<string | undefined> =>
    (await registry.metrics()).split('\n').find(line => line.startsWith(`${name} `));

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
  }

  it('puts a changed file into force', async () => {
    write('info');
    const configuration = open();
    const levels: string[] = [];
    configuration.onChange(
      ({ logging }) =>
        () =>
          levels.push(logging.level),
    );
    configuration.watch();
    write('debug');
    await until(() => levels.length > 0);
    expect(levels.at(-1)).toBe('debug');
    expect(configuration.current.logging.level).toBe('debug');
  });

  it('sees files that are exchanged through a symbolic link above them, as Kubernetes does', async () => {
    const certificate = (name: string) => join(work, name);
    for (const name of ['first', 'second']) {
      rmSync(certificate(name), { recursive: true, force: true });
      writeFileSync(certificate(name), name);
    }
    rmSync(join(work, 'ca.pem'), { force: true });
    symlinkSync('first', join(work, 'ca.pem'));
    const files = ['caFile', 'certificateFile', 'keyFile'].map(option => `${option}: ${join(work, 'ca.pem')}`);
    write('info', `internalTls: { ${files.join(', ')} }\n`);
    const configuration = open();
    let changes = 0;
    configuration.onChange(() => () => changes++);
    configuration.watch();
    symlinkSync('second', join(work, 'next'));
    renameSync(join(work, 'next'), join(work, 'ca.pem'));
    await until(() => changes > 0);
    expect(changes).toBe(1);
  });

  it('sees what changed while the service was starting, before anybody watched', async () => {
    write('info');
    const configuration = open();
    write('debug');
    configuration.watch();
    await until(() => configuration.current.logging.level === 'debug');
    expect(lines.map(({ level }) => level)).not.toContain('error');
  });

  it('tries again when a file that could not be read may be read', async () => {
    write('info');
    const configuration = open();
    configuration.watch();
    let isReadable = false;
    let refusals = 0;
    let changes = 0;
    configuration.onChange(() => {
      if (isReadable) return () => changes++;
      refusals++;
      throw new Error('EACCES');
    });
    write('debug');
    await until(() => refusals > 0);
    isReadable = true;
    chmodSync(file, 0o640);
    await until(() => changes > 0);
    expect(configuration.current.logging.level).toBe('debug');
  });

  it('keeps the old configuration when the new one is wrong, and says which option it is', async () => {
    write('info');
    const configuration = open();
    const applied = jest.fn();
    configuration.onChange(() => applied);
    write('loud');
    await configuration.reload();
    expect(configuration.current.logging.level).toBe('info');
    expect(applied).not.toHaveBeenCalled();
    expect(lines.at(-1)).toMatchObject({ level: 'error' });
    expect(lines.at(-1)?.error).toEqual(expect.stringContaining('logging.level'));
    expect(await metric('rcs_configuration_last_reload_successful')).toBe('rcs_configuration_last_reload_successful 0');
    expect(await metric('rcs_configuration_reload_failures_total')).toBe('rcs_configuration_reload_failures_total 1');
    write('warn');
    await configuration.reload();
    expect(await metric('rcs_configuration_last_reload_successful')).toBe('rcs_configuration_last_reload_successful 1');
  });

  it('puts nothing into force when one part of the service cannot take it', async () => {
    write('info');
    const configuration = open();
    const applied = jest.fn();
    configuration.onChange(() => applied);
    configuration.onChange(() => Promise.reject(new Error('this certificate is of no use')));
    write('debug');
    await configuration.reload();
    expect(applied).not.toHaveBeenCalled();
    expect(configuration.current.logging.level).toBe('info');
  });

  it('names the options that wait for the next start, without their values', async () => {
    write('info', 'serverSettings: { opsUserPassword: first-secret, listen: { port: 1 } }\n');
    const configuration = open();
    write('debug', 'serverSettings: { opsUserPassword: second-secret, listen: { port: 2 } }\n');
    await configuration.reload();
    expect(lines.at(-1)).toMatchObject({
      level: 'warn',
      options: ['serverSettings.listen.port', 'serverSettings.opsUserPassword'],
    });
    expect(JSON.stringify(lines)).not.toContain('-secret');
  });

  it('does one reload after the other, however many are asked for', async () => {
    write('info');
    const configuration = open();
    let running = 0;
    let most = 0;
    configuration.onChange(async () => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setImmediate(resolve));
      running--;
      return () => undefined;
    });
    await Promise.all([configuration.reload(), configuration.reload(), configuration.reload()]);
    expect(most).toBe(1);
  });
});
