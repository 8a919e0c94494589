import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { TokenError } from '../errors/token-error.js';
import { recordingKey } from '../testing/recording-key.js';
import { ShimToken } from '../testing/shim-token.js';
import { Token } from '../token.js';
import type { KeyEncryptionScheme } from '../unwrap/key-encryption-scheme.js';
import { rsaPublicKey } from './subject-key-identifier.js';
import type { TokenKey } from './token-key.js';

jest.setTimeout(120_000);

const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const pkcs1: KeyEncryptionScheme = { scheme: 'rsaes-pkcs1-v1_5' };
const oaep: KeyEncryptionScheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) };

const played = new ShimToken();
const { shim } = played;
const tokens: Token[] = [];

afterEach(async () => {
  shim.play();
  for (const token of tokens.splice(0)) {
    token.close();
    await token.closed;
  }
});
afterAll(() => played.remove());

function open(...rules: readonly string[]): Token {
  shim.play(...rules);
  const token = Token.open(played.options);
  tokens.push(token);
  return token;
}

async function expectToUnwrap(token: Token, key: TokenKey, scheme: KeyEncryptionScheme = pkcs1): Promise<void> {
  const message = randomBytes(32);
  const padding = scheme === pkcs1 ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_OAEP_PADDING;
  const encryptedKey = publicEncrypt({ key: rsaPublicKey(key.modulus, key.publicExponent), padding }, message);
  const request = { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() };
  expect(await token.unwrapSessionKey(key, request)).toEqual(message);
}

const refusalOf = async (work: Promise<unknown>): Promise<TokenError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TokenError)) throw new Error(`no refusal: ${String(error)}`);
  return error;
};

/** How many keys and certificates everybody sees. */
async function heldNow(): Promise<number> {
  shim.play();
  const token = Token.open(played.options);
  tokens.push(token);
  await token.refreshKeys(soon());
  return token.keys.length;
}

describe('generation in a token', () => {
  it.each<readonly [string, readonly string[]]>([
    ['that does not let CKA_ID be changed', ['refuse-attribute C_SetAttributeValue 0x102 any 0x10']],
    ['that changes no attributes', ['fail C_SetAttributeValue 0x54']],
    ['that wants a CKA_ID', ['refuse-attribute C_GenerateKeyPair.private 0x102 empty 0x13']],
    ['with public keys that are private', ['refuse-attribute C_GenerateKeyPair.public 2 false 0xd1']],
    ['that refuses CKA_UNWRAP', ['refuse-attribute C_GenerateKeyPair.private 0x107 any 0x12']],
    ['that refuses CKA_WRAP', ['refuse-attribute C_GenerateKeyPair.public 0x106 any 0x12']],
    ['that refuses CKA_ENCRYPT', ['refuse-attribute C_GenerateKeyPair.public 0x104 any 0x12']],
    ['that refuses CKA_EXTRACTABLE', ['refuse-attribute C_GenerateKeyPair.private 0x162 any 0xd1']],
    ['that lists generation of FIPS 186-3 alone', ['hide 0', 'alias 0x80000143 0']],
    ['that brings one object at a time', ['page 1']],
    ['without CKM_RSA_PKCS', ['hide 1']],
  ])('%s', async (quirk, rules) => {
    const token = open(...rules);
    const key = await token.generateKeyPair({ modulusBits: 2048, label: `9350/${quirk}`, sign: true }, soon());
    await expectToUnwrap(token, key);
    expect(shim.count('C_GenerateKeyPair')).toBeGreaterThan(0);
  });

  it('that does nothing but OAEP', async () => {
    const token = open('hide 1', 'hide 3');
    const key = await token.generateKeyPair({ modulusBits: 2048, label: '9350/oaep', sign: false }, soon());
    await expectToUnwrap(token, key, oaep);
  });

  it.each([
    ['refuses', 'fail C_GenerateKeyPair 0x1b', /CKR_ACTION_PROHIBITED.*own tool/],
    ['is full', 'fail C_GenerateKeyPair 0x31', /CKR_DEVICE_MEMORY.*full/],
    ['is write-protected', 'fail C_GenerateKeyPair 0xe2', /CKR_TOKEN_WRITE_PROTECTED.*write-protected/],
  ])('that %s says so and goes on', async (_, rule, text) => {
    const token = open(rule);
    const refusal = await refusalOf(
      token.generateKeyPair({ modulusBits: 2048, label: '9350/no', sign: false }, soon()),
    );
    expect(refusal).toMatchObject({ failure: 'refused', message: expect.stringMatching(text) as string });
    expect(token.state.kind).toBe('open');
  });

  it('that does not decrypt with it leaves nothing', async () => {
    const before = await heldNow();
    const token = open('fail C_Decrypt 0x6');
    await refusalOf(token.generateKeyPair({ modulusBits: 2048, label: '9350/gone', sign: false }, soon()));
    expect(await heldNow()).toBe(before);
  });
});

describe('import into a token', () => {
  /** CKO_SECRET_KEY, CKO_PRIVATE_KEY: as FIPS 140 level 3 has it. */
  const nothingInClear = ['refuse-class C_CreateObject 4 0xd1', 'refuse-class C_CreateObject 3 0xd1'];

  it.each<readonly [string, readonly string[]]>([
    ...[0x05, 0x06, 0x1b, 0x30, 0x54, 0x60, 0xf0, 0x200, 0x80000001].map(
      code =>
        [`that answers 0x${code.toString(16)} to C_UnwrapKey`, [`fail C_UnwrapKey 0x${code.toString(16)}`]] as const,
    ),
    ['that takes no keys in clear', nothingInClear],
    ['that destroys no wrapping key', ['fail C_DestroyObject 0x6']],
    ['without CKM_RSA_PKCS', ['hide 1']],
  ])('%s', async (quirk, rules) => {
    const token = open(...rules);
    const { pair } = await recordingKey(`9350/import ${quirk}`);
    const { key, created } = await token.importKeyPair(pair, soon());
    expect(created).toBe(true);
    await expectToUnwrap(token, key);
    expect(token.state.kind).toBe('open');
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['takes no keys at all', [...nothingInClear, 'fail C_UnwrapKey 0x54'], /own tool with the label "9350\/none"/],
    ['is full', ['fail C_CreateObject 0x31', 'fail C_UnwrapKey 0x31'], /CKR_DEVICE_MEMORY.*full/],
    ['is write-protected', ['fail C_CreateObject 0xe2', 'fail C_UnwrapKey 0xe2'], /write-protected/],
    ['keeps no certificates', ['refuse-class C_CreateObject 1 0xd1'], /CKR_TEMPLATE_INCONSISTENT.*CKO_CERTIFICATE/],
  ])('that %s says so, and nothing is left behind', async (_, rules, text) => {
    const before = await heldNow();
    const token = open(...rules);
    const { pair } = await recordingKey('9350/none');
    const refusal = await refusalOf(token.importKeyPair(pair, soon()));
    expect(refusal).toMatchObject({ failure: 'refused', message: expect.stringMatching(text) as string });
    expect(token.state.kind).toBe('open');
    expect(await heldNow()).toBe(before);
  });
});

it('finds a token whose texts are padded with zeros', () => {
  const token = open('nul-padded');
  expect([token.description?.label, token.description?.model]).toEqual(['recordings', 'SoftHSM v2']);
});
