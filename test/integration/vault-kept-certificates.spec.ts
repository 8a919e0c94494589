import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import { BroughtKey } from '#test/vault/brought-key.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';
import { Shim } from '../../libs/pkcs11/src/testing/shim.js';

jest.setTimeout(120_000);

const timeoutMs = 60_000;
const contactCenter = '9350';
let testBed: VaultTestBed;
let shim: Shim;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  const { modulePath, environment } = testBed.softHsm;
  shim = new Shim({ modulePath, environment });
  const profile = join(__dirname, '../tokens/profiles/cloudhsm.profile');
  // Data objects are kept here: in them stands which keys are disabled.
  shim.play(
    ...readFileSync(profile, 'utf8')
      .split('\n')
      .filter(rule => !rule.includes('C_CreateObject 0')),
  );
});
afterAll(async () => {
  await testBed?.clear();
  shim?.remove();
});

const openssl = (...parameters: string[]): string =>
  execFileSync('openssl', parameters, { encoding: 'utf8', cwd: testBed.directory, stdio: ['ignore', 'pipe', 'pipe'] });

it('certificates of a token that keeps none outlast a restart, for keys that were made there and keys that came in', async () => {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:3072',
    '-noenc',
    '-subj',
    '/CN=recovery',
    '-keyout',
    'r.key',
    '-out',
    'r.pem',
  );
  const at = (name: string): string => join(testBed.directory, name);
  const { uri, pin } = testBed.token;
  const settings = {
    token: {
      uri: uri.replace(testBed.softHsm.modulePath, shim.modulePath),
      pin,
      certificateDirectory: at('certificates'),
    },
    keyBackup: { directory: at('copies'), recoveryCertificateFiles: [at('r.pem')] },
  };
  const vault = await testBed.startVault(settings);
  const gateway = await testBed.administrator(vault);
  const made = (
    await gateway.call('GenerateKeyPair', { contactCenter, alias: 'made', modulusBits: 2048 }, { timeoutMs })
  ).key;
  const key = { contactCenter, keyIdentifier: made.keyIdentifier };
  const subject = { subject: 'CN=Recording', dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };
  const { certificateSigningRequest } = await gateway.call(
    'CreateCertificateSigningRequest',
    { key, subject },
    { timeoutMs },
  );
  writeFileSync(at('made.csr'), certificateSigningRequest);
  const certificate = openssl('x509', '-req', '-in', 'made.csr', '-CA', 'r.pem', '-CAkey', 'r.key', '-days', '30');
  await gateway.call('AttachCertificate', { key, alias: 'made', certificate }, { timeoutMs });
  await BroughtKey.make(testBed.directory).importInto(gateway);
  expect(readdirSync(at('copies'))).toHaveLength(1);
  await vault.stop();

  const again = await testBed.administrator(await testBed.startVault(settings));
  const { keys } = await again.call('ListKeys', { contactCenter }, { timeoutMs });
  const certified = (entry: KeyEntry): readonly [string, boolean] => [entry.alias, entry.certificate !== ''];
  expect(keys.map(certified).sort()).toEqual([
    ['brought', true],
    ['made', true],
  ]);
  expect(keys.find(({ alias }) => alias === 'made')?.certificate.trim()).toBe(certificate.trim());
});
