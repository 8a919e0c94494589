import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(180_000);

interface Report {
  readonly healthy: boolean;
  readonly tokens: readonly {
    readonly name: string;
    readonly findings: readonly {
      readonly check: string;
      readonly verdict: string;
      readonly found: string;
      readonly advice: string;
    }[];
  }[];
}

const repository = join(__dirname, '../..');
const timeoutMs = 60_000;
let testBed: VaultTestBed;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
});
afterAll(() => testBed?.clear());

const reportFile = (): string => join(testBed.directory, 'report.txt');
const doctor = (pin: string, label = 'recordings') => doctorAt(testBed.softHsm.uri(label), pin);

function doctorAt(uri: string, pin: string): { status: number | null; report: Report } {
  const file = join(testBed.directory, 'doctor.yaml');
  writeFileSync(file, stringify({ keyVault: { token: { uri, pin } } }));
  const program = join(repository, 'dist/apps/rcsctl/main.js');
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, 'vault', 'doctor', '--json', '--report', reportFile(), '--config', file],
    {
      encoding: 'utf8',
      env: { ...process.env, ...testBed.softHsm.environment },
      timeout: timeoutMs,
    },
  );
  return { status, report: JSON.parse(stdout) as Report };
}

const verdicts = ({ tokens }: Report): string[] =>
  tokens.flatMap(({ findings }) => findings.map(({ check, verdict }) => `${check} ${verdict}`));

it('finds nothing to do but to get a key in an empty token, and nothing at all when there is one', async () => {
  const empty = doctor(testBed.softHsm.pin);
  expect(empty.status).toBe(0);
  expect(verdicts(empty.report)).toEqual([
    'module good',
    'slots good',
    'token good',
    'pin good',
    'mechanisms good',
    'import good',
    'generate good',
    'sessions good',
    'keys doubtful',
    'unwrap doubtful',
  ]);
  const vault = await testBed.startVault();
  const gateway = await testBed.administrator(vault);
  const request = { contactCenter: 'a-contact-center', alias: 'own', modulusBits: 2048 };
  const { key } = await gateway.call('GenerateKeyPair', request, { timeoutMs });
  const { contactCenter, keyIdentifier } = key;
  const selfSign = {
    key: { contactCenter, keyIdentifier },
    subject: { subject: 'CN=own' },
    alias: '',
    validityDays: 9,
  };
  await gateway.call('CreateSelfSignedCertificate', selfSign, { timeoutMs });
  const { status, report } = doctor(testBed.softHsm.pin);
  expect(status).toBe(0);
  expect(report.healthy).toBe(true);
  expect(verdicts(report).filter(verdict => !verdict.endsWith(' good'))).toEqual([]);
  expect(verdicts(report).slice(-3)).toEqual(['unwrap good', 'schemes good', 'speed good']);
  const sent = readFileSync(reportFile(), 'utf8');
  expect(sent).toMatch(/SoftHSM v2, firmware/);
  expect(sent).toMatch(/speed +good +RSA-2048: \d+ a second for one caller, \d+ for 8/);
  // No number: one of the speeds may be any.
  for (const own of ['recordings', 'a-contact-center', testBed.softHsm.pin]) expect(sent).not.toContain(own);
});

it('says so when the module cannot be loaded', () => {
  const { status, report } = doctorAt('pkcs11:token=recordings?module-path=/nowhere/module.so', testBed.softHsm.pin);
  expect(status).toBe(1);
  expect(verdicts(report)).toEqual(['module bad']);
  expect(report.tokens[0]!.findings[0]!.advice).toContain('module-path');
});

it.each([
  ['a wrong PIN', '00000000', 'recordings', 'PIN'],
  ['a token that is not there', '40316782', 'elsewhere', 'connected'],
])('says what to do about %s', (_, pin, label, advice) => {
  const { status, report } = doctor(pin, label);
  expect(status).toBe(1);
  expect(verdicts(report)).toEqual(['module good', 'slots good', 'token bad']);
  const [, slots, token] = report.tokens[0]!.findings;
  expect(slots!.found).toContain(': recordings (');
  expect(token!.advice).toContain(advice);
});
