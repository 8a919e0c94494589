import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doctorReport } from '../../apps/rcsctl/src/vault-doctor/doctor-report.js';
import { examineToken } from '../../apps/rcsctl/src/vault-doctor/examine-token.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { Token } from '../../libs/pkcs11/src/token.js';

jest.setTimeout(120_000);

const played = new ShimToken();
const { shim, options } = played;
const settings = { ...options, newKeys: true, openTimeoutMs: 30_000, serialised: false, objectsReadOnce: false };
const profile = (name: string): string[] =>
  readFileSync(join(__dirname, 'profiles', `${name}.profile`), 'utf8').split('\n');

beforeAll(async () => {
  const token = Token.open(options);
  await token.generateKeyPair(
    { modulusBits: 2048, label: 'a-contact-center/secret-alias', sign: false },
    AbortSignal.timeout(60_000),
  );
  token.close();
  await token.closed;
});
afterEach(() => shim.play());
afterAll(() => played.remove());

/** Each verdict with what was found, by check. */
async function examined(...rules: readonly string[]): Promise<Record<string, string>> {
  shim.play(...rules);
  const findings = await examineToken(settings);
  return Object.fromEntries(findings.map(({ check, verdict, found }) => [check, `${verdict}: ${found}`]));
}

it('says that a token with raw RSA opens everything, and how fast', async () => {
  expect(await examined()).toMatchObject({
    pin: 'good: no wrong try is noted',
    mechanisms: expect.stringMatching(/^good: .*CKM_RSA_X_509/) as string,
    import: 'good: wrapped (CKM_AES_KEY_WRAP_PAD), else by C_CreateObject',
    generate: 'good: CKM_RSA_PKCS_KEY_PAIR_GEN',
    schemes: expect.stringMatching(/^good: PKCS#1 v1.5, OAEP SHA-1, OAEP SHA-256, .*label$/) as string,
    speed: expect.stringMatching(/^good: RSA-2048: [1-9]\d* a second for one caller, [1-9]\d* for 8$/) as string,
  });
});

it('names what a token lacks that judges paddings itself', async () => {
  expect(await examined(...profile('yubihsm2'))).toMatchObject({
    mechanisms: expect.stringMatching(/^doubtful/) as string,
    import: 'doubtful: by C_CreateObject alone',
    schemes: expect.stringMatching(/^doubtful: not OAEP SHA-256: the token cannot do RSAES-OAEP with sha256/) as string,
  });
  expect(await examined(...profile('luna-fips'))).toMatchObject({
    generate: 'good: CKM_RSA_FIPS_186_3_PRIME_KEY_PAIR_GEN',
    unwrap: expect.stringMatching(/^doubtful: .*CKR_MECHANISM_INVALID/) as string,
    schemes: expect.stringMatching(/^doubtful: not PKCS#1 v1.5.*OAEP SHA-256/) as string,
    speed: expect.stringMatching(/^good/) as string,
  });
});

it('warns of a PIN that was entered wrongly, and writes a report without names', async () => {
  shim.play('token-flags 0x10000 0');
  const findings = await examineToken(settings);
  expect(findings).toContainEqual(expect.objectContaining({ check: 'pin', verdict: 'doubtful' }));
  const report = doctorReport([{ name: 'recordings', findings }], new Date());
  expect(report).toContain('SoftHSM v2, firmware');
  const serialNumber = /serial number (\w+)/.exec(findings.find(({ check }) => check === 'token')?.found ?? '')?.[1];
  for (const own of ['recordings', 'secret-alias', 'a-contact-center', options.pin, serialNumber ?? 'serial']) {
    expect(report).not.toContain(own);
  }
});
