import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(60_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-encrypted-'));
afterAll(() => rmSync(work, { recursive: true }));

function write(name: string, content: string): string {
  writeFileSync(join(work, name), content, { mode: 0o600 });
  return join(work, name);
}

const programs = ['playback-gateway', 'key-vault', 'decrypt-worker', 'rcsctl'] as const;

/** Runs a compiled program; answers its exit status and what it said. */
function run(program: (typeof programs)[number], args: string[], environment: object = {}, input = '') {
  const file = join(__dirname, '../../dist/apps', program, 'main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    input,
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const keyFile = write('master-key', randomBytes(32).toString('base64'));
const encrypt = (password: string, ...args: string[]) => run('rcsctl', ['encrypt-password', ...args], {}, password);

describe('rcsctl encrypt-password', () => {
  it('prints a value that the services read with the same key, and no other', () => {
    const { status, stdout } = encrypt('pa$$word\n', '--master-key-file', keyFile);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^CRYPT:[\w-]+$/);
    const yaml = write('application.yaml', `serverSettings: { opsUserPassword: '${stdout}' }\n`);
    expect(run('rcsctl', ['config', 'check', yaml], { RCS_MASTER_KEY_FILE: keyFile }).status).toBe(0);

    const other = write('other-key', randomBytes(32).toString('base64'));
    const refused = run('playback-gateway', [], { RCS_CONFIG: yaml, RCS_MASTER_KEY_FILE: other });
    expect(refused.status).toBe(78);
    expect(refused.stderr.split('\n')).toHaveLength(1);
    expect(refused.stderr).toContain('option serverSettings.opsUserPassword');
    expect(refused.stderr).toContain(other);

    const keyless = run('playback-gateway', [], { RCS_CONFIG: yaml });
    expect(keyless.status).toBe(78);
    expect(keyless.stderr).toMatch(/option serverSettings\.opsUserPassword is encrypted.*masterKeyFile/);
  });

  it('says what is missing', () => {
    expect(encrypt('x')).toMatchObject({ status: 1, stderr: expect.stringContaining('no master key') as string });
    expect(encrypt('', '--master-key-file', keyFile)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing was given') as string,
    });
  });
});

describe('--encrypt', () => {
  it.each(programs)('of %s prints the line and ends', program => {
    const { status, stdout } = run(program, ['--encrypt', 'pa$$ wörd'], { RCS_MASTER_KEY_FILE: keyFile });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^CRYPT:[\w-]+$/)]);
    const yaml = write(
      'encrypted.yaml',
      `masterKeyFile: ${keyFile}\nserverSettings: { opsUserPassword: '${stdout}' }\n`,
    );
    expect(run('rcsctl', ['config', 'check', yaml]).status).toBe(0);
  });

  it('takes the master key that the configuration names', () => {
    const yaml = write('master-key.yaml', `masterKeyFile: ${keyFile}\n`);
    const { status, stdout } = run('key-vault', ['--encrypt', 'ops'], { RCS_CONFIG: yaml });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^CRYPT:/)]);
  });

  it('starts nothing when it cannot', () => {
    expect(run('key-vault', ['--encrypt', 'ops'])).toMatchObject({
      status: 78,
      stdout: '',
      stderr: expect.stringContaining('there is no master key to encrypt with') as string,
    });
    expect(run('key-vault', ['--encrypt'], { RCS_MASTER_KEY_FILE: keyFile })).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('--encrypt PASSWORD') as string,
    });
  });
});
