import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { HostedToken, type TokenKey } from '#pkcs11';
import { recordingKey, type RecordingKey } from '../../libs/pkcs11/src/testing/recording-key.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { TokenSet, type TokenMember } from '../../apps/key-vault/src/token/token-set.js';

jest.setTimeout(60_000);

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

describe(TokenSet.name, () => {
  const [first, second] = [new ShimToken(), new ShimToken()];
  let tokens: TokenSet;
  let recording: RecordingKey;
  let key: TokenKey;

  const unwrap = (message: Buffer): Promise<Buffer> =>
    tokens.unwrapSessionKey(key, {
      scheme: { scheme: 'rsaes-pkcs1-v1_5' },
      encryptedKey: publicEncrypt({ key: recording.publicKey, padding: constants.RSA_PKCS1_PADDING }, message),
      sessionKeyLength: 32,
      signal: soon(),
    });
  const opened = async (count: number): Promise<number> => {
    const messages = Array.from({ length: count }, () => randomBytes(32));
    const outcomes = await Promise.allSettled(messages.map(unwrap));
    return outcomes.filter(
      (outcome, index) => outcome.status === 'fulfilled' && outcome.value.equals(messages[index] ?? Buffer.alloc(0)),
    ).length;
  };

  const allOpen = async (): Promise<void> => {
    const isOpen = (): boolean => tokens.members.every(({ token }) => token.state.kind === 'open');
    for (const limit = Date.now() + 15_000; !isOpen() && Date.now() < limit;) await delay(20);
    expect(isOpen()).toBe(true);
  };

  beforeAll(async () => {
    const member = async ({ options, softHsm }: ShimToken, name: string): Promise<TokenMember> => {
      const observer = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };
      const hosted = { ...options, observer, openTimeoutMs: 30_000, environment: softHsm.environment };
      return { name, token: await HostedToken.open(hosted), newKeys: true };
    };
    tokens = new TokenSet([await member(first, 'first'), await member(second, 'second')]);
    recording = await recordingKey('9350/both');
    ({ key } = await tokens.importKeyPair(recording.pair, soon()));
  });
  beforeEach(() => [first, second].forEach(({ shim }) => shim.play()));
  afterAll(async () => {
    await tokens.close();
    [first, second].forEach(played => played.remove());
  });

  it.each([
    ['a vendor has a code of its own', 'fail C_Decrypt 0x80000001'],
    ['CKR_GENERAL_ERROR', 'fail C_Decrypt 0x5'],
    ['CKR_FUNCTION_FAILED', 'fail C_Decrypt 0x6'],
    ['CKR_PIN_INCORRECT', 'fail C_Decrypt 0xa0'],
    ['CKR_DEVICE_ERROR', 'fail C_Decrypt 0x30'],
    ['CKR_KEY_FUNCTION_NOT_PERMITTED', 'fail C_DecryptInit 0x68'],
    ['CKR_KEY_HANDLE_INVALID', 'fail C_DecryptInit 0x60'],
  ])('opens everything with the other token when one answers %s', async (_, rule) => {
    for (const { shim } of [first, second]) {
      shim.play(rule);
      expect(await opened(40)).toBe(40);
      shim.play();
      await allOpen();
    }
  });
});
