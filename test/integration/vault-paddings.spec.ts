import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import type { KeyEntry } from '#contracts';
import { TransportAgreements } from '#key-vault-client';
import { observedModule } from '#test/vault/observed-module.js';
import { publicKeyOf } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(180_000);

const timeoutMs = 60_000;
/** CKM_RSA_X_509 */
const rawRsa = '3';
let testBed: VaultTestBed;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
});
afterAll(() => testBed?.clear());

/** A vault whose token judges paddings itself, because it does no raw RSA. */
function startVault(refused: Readonly<Record<string, string>> = {}): Promise<RunningVault> {
  const uri = `pkcs11:token=recordings?module-path=${observedModule(testBed.directory)}`;
  const { pin, modulePath } = testBed.softHsm;
  return testBed.startVault(
    { token: { uri, pin } },
    {
      REAL_MODULE: modulePath,
      MASKED_MECHANISM: rawRsa,
      ...refused,
    },
  );
}

async function decrypt(vault: RunningVault, key: KeyEntry, block: Buffer): Promise<Buffer> {
  const caller = await testBed.connect(vault, 'local-key-manager');
  const transport = await new TransportAgreements().with(caller, timeoutMs);
  const { contactCenter, keyIdentifier } = key;
  const asked = { contactCenter, keyIdentifier, padding: 'PKCS1_V1_5', block, messageLength: 0 } as const;
  const { jwe } = await caller.call('DecryptBlock', { ...asked, transportKeyId: transport.id }, { timeoutMs });
  return transport.key.unwrap(jwe);
}

it.each<readonly [string, Readonly<Record<string, string>>]>([
  // First, since what is kept as a note is used for good.
  ['and without data objects', { REFUSE_DATA_OBJECTS: 'yes' }],
  ['and with data objects', {}],
])(
  'without raw RSA %s, wrong paddings are answered alike by every vault and after a restart',
  async (alias, refused) => {
    const [first, second] = [await startVault(refused), await startVault(refused)];
    const owner = await testBed.connect(first, 'local-key-manager');
    const wanted = { contactCenter: '9350', alias: alias.replaceAll(' ', '-'), modulusBits: 2048 };
    const { key } = await owner.call('GenerateKeyPair', wanted, { timeoutMs });
    const message = randomBytes(32);
    const good = publicEncrypt({ key: publicKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, message);
    const bad = Buffer.concat([Buffer.of(0), randomBytes(255)]);
    const answers = [await decrypt(first, key, bad)];
    answers.push(await decrypt(second, key, bad));
    await first.stop();
    const restarted = await startVault(refused);
    answers.push(await decrypt(restarted, key, bad));
    expect(answers[0]!.length).toBeLessThanOrEqual(256 - 11);
    expect(answers.map(answer => answer.toString('hex'))).toEqual(answers.map(() => answers[0]?.toString('hex')));
    expect([await decrypt(second, key, good), await decrypt(restarted, key, good)]).toEqual([message, message]);
  },
);
