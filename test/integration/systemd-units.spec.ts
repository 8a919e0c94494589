import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '#platform';

const directory = join(__dirname, '../../deploy/systemd');
const units = readdirSync(directory).filter(name => name.endsWith('.service'));
const root = mkdtempSync(join(tmpdir(), 'rcs-units-'));
const read = (unit: string): string => readFileSync(join(directory, unit), 'utf8');
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const analysed = hasAnalyze ? it : it.skip;
const options = { encoding: 'utf8', timeout: 60_000 } as const;

beforeAll(() => {
  // What a unit starts has to be there for `verify`; the path is that of the image and of build-tree.sh.
  const units = join(root, 'units');
  cpSync(directory, units, { recursive: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/recording-crypto-server'), '#!/bin/sh\n', { mode: 0o755 });
  for (const unit of readdirSync(units).filter(name => name.endsWith('.service'))) {
    const file = join(units, unit);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/opt/recording-crypto-server/bin', join(root, 'bin')));
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('there is a unit for each service', () => {
  expect(units).toEqual([
    'rcs-decrypt-worker.service',
    'rcs-key-vault.service',
    'rcs-playback-gateway.service',
    'rcs-spool-recorder.service',
  ]);
});

analysed.each(units)('%s is what systemd understands, down to the last option', unit => {
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(root, 'units', unit)], options);
  const own = stderr.split('\n').filter(line => line.includes(unit));
  expect({ status, own }).toEqual({ status: 0, own: [] });
});

analysed.each(units)('%s is exposed little', unit => {
  const args = ['security', '--offline=true', '--threshold=25', '--no-pager', join(root, 'units', unit)];
  const { status, stdout } = spawnSync('systemd-analyze', args, options);
  expect(`${status} ${stdout.trim().split('\n').at(-1)}`).toMatch(/^0 .*OK/);
});

/** Drop-ins for a worker beside a gateway, by their units. */
const besides = ['rcs-decrypt-worker.service', 'rcs-playback-gateway.service'];
const dropIn = (unit: string): string =>
  readFileSync(join(directory, 'colocated', unit.replace('.service', '.conf')), 'utf8');

it('gateway and worker of one host share a directory as one user, where their drop-ins are', () => {
  const [worker, gateway] = besides.map(dropIn);
  expect(worker).toMatch(/^User=rcs-playback-gateway$/m);
  expect(read('rcs-playback-gateway.service')).toMatch(/^User=rcs-playback-gateway$/m);
  const place = '/run/rcs-workers';
  expect(worker).toMatch(new RegExp(`^Environment=RCS_DECRYPT_WORKER__SOCKET_DIRECTORY=${place}$`, 'm'));
  expect(gateway).toMatch(new RegExp(`^Environment=RCS_SERVER_SETTINGS__WORKER_SOCKET_DIRECTORY=${place}$`, 'm'));
  for (const text of [worker, gateway]) {
    expect(text).toMatch(/^RuntimeDirectory=rcs-workers\nRuntimeDirectoryMode=0700$/m);
    expect(text).toMatch(/^RuntimeDirectoryPreserve=yes$/m);
  }
});

analysed.each(besides)('%s is what systemd understands with its drop-in', unit => {
  const folder = join(root, 'units', `${unit}.d`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'colocated.conf'), dropIn(unit));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(root, 'units', unit)], options);
  rmSync(folder, { recursive: true });
  const own = stderr.split('\n').filter(line => line.includes('colocated'));
  expect({ status, own }).toEqual({ status: 0, own: [] });
});

analysed('gateways that share a port are a template, which systemd understands with its drop-in', () => {
  const template = join(root, 'units', 'rcs-playback-gateway@.service');
  const folder = `${template}.d`;
  mkdirSync(folder);
  cpSync(join(root, 'units', 'rcs-playback-gateway.service'), template);
  cpSync(join(directory, 'shared-port', 'rcs-playback-gateway@.conf'), join(folder, 'shared-port.conf'));
  const instance = template.replace('@', '@1');
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', instance], options);
  const own = stderr.split('\n').filter(line => line.includes('shared-port'));
  expect({ status, own }).toEqual({ status: 0, own: [] });
});

it('a gateway takes its configuration with the variables of that drop-in, and with those that wait to be needed', () => {
  const text = readFileSync(join(directory, 'shared-port', 'rcs-playback-gateway@.conf'), 'utf8');
  const variables = (line: RegExp): Record<string, string> =>
    Object.fromEntries(
      [...text.matchAll(line)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll('%i', '2').replaceAll('%H', 'host'),
      ]),
    );
  const file = join(root, 'gateway.yaml');
  writeFileSync(file, 'serverSettings: {}\n');
  const { listen, management } = loadConfiguration(file, variables(/^Environment=(\w+)=(.+)$/gm)).serverSettings;
  expect([listen.reusePort, management.port]).toEqual([true, 9192]);
  const whole = join(root, 'whole.yaml');
  writeFileSync(
    whole,
    'serverSettings: { delivery: in-process }\ndecryptWorker: { vaultAddresses: [vault:7443], certificateFile: w.pem, keyFile: w.key }\n' +
      'localKeyManager: { vaultAddresses: [vault:7443], certificateFile: lkm.pem, keyFile: lkm.key, listen: { port: 8443 } }\n',
  );
  const { decryptWorker, localKeyManager } = loadConfiguration(whole, variables(/^#?Environment=(\w+)=(.+)$/gm));
  expect([decryptWorker?.listen.port, localKeyManager?.listen?.reusePort]).toEqual([7082, true]);
});

it.each(units)('%s runs as somebody of its own, whom the sysusers file makes', unit => {
  const [, user] = /^User=(.+)$/m.exec(read(unit)) ?? [];
  expect(user).toBe(unit.replace('.service', ''));
  expect(readFileSync(join(directory, 'rcs.sysusers.conf'), 'utf8')).toMatch(new RegExp(`^u ${user} `, 'm'));
});
