import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl, type CommandResult } from '#test/cluster/rcsctl.js';
import { keytool } from '#test/keystores/keytool.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-migration-'));
const dataDirectory = join(work, 'data');
const at = (name: string): string => join(work, name);
const password = 'storepwd';
const keyPassword = 'key-of-its-own';
const aliases = ['current', 'renewed', 'expired'];
const keystore = at('rcs.jks');
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  const making = makeKeystore();
  cluster = await startCluster(repository, dataDirectory, { RCS_LOGGING__LEVEL: 'trace' });
  curlClient = new CurlClient(cluster, work);
  await making;
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** As Genesys RCS has it: several years of recording keys, one with a password of its own, and an authority. */
async function makeKeystore(): Promise<void> {
  const common = ['-keystore', keystore, '-storetype', 'JKS', '-storepass', password];
  const rsa = ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', ...common];
  await keytool(...rsa, '-alias', 'current', '-keypass', password, '-dname', 'CN=Current', '-validity', '365');
  await keytool(...rsa, '-alias', 'renewed', '-keypass', keyPassword, '-dname', 'CN=Renewed', '-validity', '365');
  const past = ['-startdate', '-800d', '-validity', '365'];
  await keytool(...rsa, '-alias', 'expired', '-keypass', password, '-dname', 'CN=Expired', ...past);
  const elliptic = ['-genkeypair', '-keyalg', 'EC', ...common];
  await keytool(...elliptic, '-alias', 'jetty', '-keypass', password, '-dname', 'CN=Server');
  for (const alias of aliases) {
    await keytool(
      '-exportcert',
      '-rfc',
      '-alias',
      alias,
      '-file',
      at(`${alias}.pem`),
      '-keystore',
      keystore,
      '-storepass',
      password,
    );
  }
  await keytool('-importcert', '-noprompt', '-alias', 'authority', '-file', at('current.pem'), ...common);
}

interface Report {
  readonly keystore: { readonly type: string; readonly integrityVerified: boolean };
  readonly imported: boolean;
  readonly entries: readonly {
    readonly alias: string;
    readonly action: string;
    readonly outcome?: string;
    readonly notice?: string;
    readonly reason?: { readonly code: string };
    readonly certificate?: { readonly keyBits: number; readonly status: string; readonly subject: string };
  }[];
}

function importKeystore(
  parameters: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const common = ['import-keystore', keystore, '--contact-center', cluster.ready.contactCenter, '--json'];
  return rcsctl(repository, dataDirectory, [...common, ...parameters], environment);
}

/** What was printed; a command that printed no report shows its error. */
function reportOf({ stdout, stderr }: CommandResult): Report {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

const passwords = { RCSCTL_KEYSTORE_PASSWORD: password, RCSCTL_KEY_PASSWORD: keyPassword };

/** A recording that somebody encrypted with openssl for this certificate, stored and inserted; answers how it plays. */
async function record(alias: string): Promise<{ playPath: string; media: Buffer }> {
  const media = randomBytes(50_000);
  writeFileSync(at(`${alias}.plain`), media);
  const files = ['-in', at(`${alias}.plain`), '-out', at(`${alias}.cms`), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, at(`${alias}.pem`));
  const { envelope, ciphertext } = splitEnvelope(readFileSync(at(`${alias}.cms`)));
  await curlClient.put(`${alias}.enc`, ciphertext);
  const playPath = await curlClient.inserted(alias.toUpperCase(), {
    mediaId: `${alias}.mp3`,
    mediaDescriptor: { storage: 'webDAV', path: `${alias}.enc` },
    pkcs7: envelope.toString('base64'),
  });
  return { playPath, media };
}

describe('the keystore of Genesys RCS', () => {
  const recordings: { readonly playPath: string; readonly media: Buffer }[] = [];

  it('holds recordings that nothing opens before it is imported', async () => {
    for (const alias of aliases) recordings.push(await record(alias));
    for (const { playPath } of recordings) expect((await curlClient.play(playPath)).status).toBeGreaterThanOrEqual(400);
  });

  it('is refused with a wrong password', async () => {
    const result = await importKeystore(['--yes'], { RCSCTL_KEYSTORE_PASSWORD: 'wrong' });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('the password is wrong, or somebody changed the file');
  });

  it('is shown alias by alias, and nothing changes', async () => {
    const result = await importKeystore(['--dry-run'], passwords);
    const report = reportOf(result);
    expect(report).toMatchObject({ imported: false, keystore: { type: 'JKS', integrityVerified: true } });
    const actions = Object.fromEntries(report.entries.map(({ alias, action }) => [alias, action]));
    const imports = Object.fromEntries(aliases.map(alias => [alias, 'import']));
    expect(actions).toEqual({ ...imports, jetty: 'refused', authority: 'not-a-key' });
    const expired = report.entries.find(({ alias }) => alias === 'expired');
    expect(expired).toMatchObject({ certificate: { subject: 'CN=Expired', status: 'expired', keyBits: 2048 } });
    expect(expired?.notice).toContain('opens old recordings');
    expect((await curlClient.play(recordings[0]!.playPath)).status).toBeGreaterThanOrEqual(400);
  });

  it('says of a key without its password what is missing, and of the others what they are', async () => {
    const result = await importKeystore(['--dry-run'], { RCSCTL_KEYSTORE_PASSWORD: password });
    expect(result.status).toBe(1);
    const report = reportOf(result);
    const renewed = report.entries.find(({ alias }) => alias === 'renewed');
    expect(renewed).toMatchObject({ action: 'refused', reason: { code: 'PRIVATE_KEY_PASSWORD_WRONG' } });
    expect(report.entries.find(({ alias }) => alias === 'current')).toMatchObject({ action: 'import' });
  });

  it('shows names that the token cannot take, as the import would refuse them', async () => {
    const renamed = ['--only', 'current', '--rename', 'current=calls/2026'];
    for (const how of [['--dry-run'], ['--yes']]) {
      const report = reportOf(await importKeystore([...how, ...renamed], passwords));
      const current = report.entries.find(({ alias }) => alias === 'current');
      expect(current).toMatchObject({ action: 'refused', reason: { code: 'ALIAS_INVALID' } });
    }
  });

  it('gives one key by its alias, with the password that this key alone has', async () => {
    const [storeFile, keyFile] = [at('store.pw'), at('key.pw')];
    writeFileSync(storeFile, password);
    writeFileSync(keyFile, keyPassword);
    const names = ['--contact-center', 'another', '--alias', 'renewed', '--keystore-alias', 'renewed'];
    const one = ['import-key', '--key', keystore, '--password-file', storeFile, ...names];
    expect(await rcsctl(repository, dataDirectory, one)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--key-password-file') as string,
    });
    expect(await rcsctl(repository, dataDirectory, [...one, '--key-password-file', keyFile])).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('is imported: every recording key, in spite of the one alias that cannot be', async () => {
    const result = await importKeystore(['--yes'], passwords);
    const report = reportOf(result);
    const outcomes = Object.fromEntries(report.entries.map(({ alias, outcome }) => [alias, outcome]));
    const imported = Object.fromEntries(aliases.map(alias => [alias, 'imported']));
    expect(outcomes).toEqual({ ...imported, jetty: 'refused', authority: 'not-a-key' });
    const jetty = report.entries.find(({ alias }) => alias === 'jetty');
    expect(jetty?.reason?.code).toBe('PRIVATE_KEY_NOT_RSA');
    expect(result.status).toBe(1);
  });

  it('opens the recordings of all three aliases, the expired one too', async () => {
    for (const { playPath, media } of recordings) {
      const answer = await curlClient.play(playPath);
      expect(answer.status).toBe(200);
      expect(answer.body.equals(media)).toBe(true);
    }
  });

  it('changes nothing when it is imported again', async () => {
    const result = await importKeystore(['--yes', '--only', ...aliases], passwords);
    expect(result.status).toBe(0);
    const { entries } = reportOf(result);
    expect(
      entries
        .filter(({ outcome }) => outcome === 'already-there')
        .map(({ alias }) => alias)
        .sort(),
    ).toEqual([...aliases].sort());
  });

  it('leaves no trace of its keys and passwords in any log or file of the cluster', async () => {
    const secrets: Buffer[] = [Buffer.from(keyPassword)];
    for (const alias of aliases) secrets.push(...(await privateNumbers(alias)));
    const files = filesBelow(dataDirectory);
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) {
      const content = readFileSync(path);
      for (const secret of secrets) expect({ path, leaks: content.includes(secret) }).toEqual({ path, leaks: false });
    }
  });
});

/** Secret numbers of a key in every spelling; keytool and openssl take it out of the keystore. */
async function privateNumbers(alias: string): Promise<Buffer[]> {
  const source = ['-srckeystore', keystore, '-srcstorepass', password, '-srcalias', alias];
  const own = alias === 'renewed' ? keyPassword : password;
  const target = ['-destkeystore', at(`${alias}.p12`), '-deststoretype', 'PKCS12', '-deststorepass', password];
  await keytool('-importkeystore', '-noprompt', ...source, '-srckeypass', own, ...target, '-destkeypass', password);
  const files = ['-in', at(`${alias}.p12`), '-out', at(`${alias}.key`)];
  await openssl('pkcs12', '-nodes', '-nocerts', '-passin', `pass:${password}`, ...files);
  const { d, p, q } = createPrivateKey(readFileSync(at(`${alias}.key`))).export({ format: 'jwk' });
  return [d, p, q].flatMap(number => {
    const octets = Buffer.from(number!, 'base64url');
    const middle = octets.subarray(8, 24);
    return [
      middle,
      ...['hex', 'base64', 'base64url'].map(form => Buffer.from(octets.toString(form as BufferEncoding))),
    ];
  });
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return statSync(path).isFile() ? [path] : [];
  });
}
