import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ckrName } from '../errors/ckr-names.js';
import { TokenError } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import { recordingKey, type RecordingKey } from '../testing/recording-key.js';
import { ShimToken } from '../testing/shim-token.js';
import { Token } from '../token.js';

jest.setTimeout(120_000);

/** Every return value of PKCS#11 3.1, what lies between, and vendors' own. */
const codes = [
  ...Array.from({ length: 0x202 }, (_, index) => index + 1),
  ...[0x80000000, 0x80000001, 0x8000001a, 0xfffffffe],
];
/** Kinds of them: of the ciphertext, the session, the login, the handle, the token, nobody. */
const kinds = [
  0x05, 0x06, 0x30, 0x32, 0x40, 0x54, 0x60, 0x63, 0x70, 0x90, 0xa0, 0xa4, 0xb0, 0xb3, 0x101, 0x150, 0x190, 0x80000001,
];
const hex = (code: number): string => `0x${code.toString(16)}`;
const noRawRsa = 'hide 3';
const soon = (): AbortSignal => AbortSignal.timeout(30_000);

const played = new ShimToken();
const { shim } = played;
const tokens: Token[] = [];
let recording: RecordingKey;
let key: TokenKey;

beforeAll(async () => {
  const token = open();
  recording = await recordingKey('9350/first');
  ({ key } = await token.importKeyPair(recording.pair, soon()));
});
afterEach(async () => {
  for (const token of tokens.splice(0)) {
    token.close();
    await token.closed;
  }
});
afterAll(() => played.remove());

/** A token that plays these rules from the beginning. */
function open(...rules: readonly string[]): Token {
  shim.play(...rules);
  const token = Token.open(played.options);
  tokens.push(token);
  return token;
}

const pkcs1 = (message: Buffer): Buffer =>
  publicEncrypt({ key: recording.publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
const unwrap = (token: Token, encryptedKey: Buffer): Promise<Buffer> =>
  token.unwrapSessionKey(key, {
    scheme: { scheme: 'rsaes-pkcs1-v1_5' },
    encryptedKey,
    sessionKeyLength: 32,
    signal: soon(),
  });
const failureOf = (work: Promise<Buffer>): Promise<string> =>
  work.then(
    bytes => bytes.toString('hex'),
    (error: unknown) => (error instanceof TokenError ? error.failure : `foreign: ${String(error)}`),
  );
/** A number below every modulus, with a wrong padding nearly for certain. */
const badBlock = (): Buffer => Buffer.concat([Buffer.of(0), randomBytes(255)]);
const until = async (condition: () => boolean): Promise<void> => {
  for (const limit = Date.now() + 15_000; !condition() && Date.now() < limit;) await delay(20);
  expect(condition()).toBe(true);
};

describe('a token that judges paddings itself', () => {
  it('answers a bad ciphertext alike, whatever its code, and nobody else notices', async () => {
    const token = open(noRawRsa);
    const [bad, message] = [badBlock(), randomBytes(32)];
    const [substitute, good] = [await unwrap(token, bad), pkcs1(message)];
    shim.countAnew();
    for (const code of codes) {
      shim.play(noRawRsa, `map C_Decrypt ${hex(code)}`);
      const answers = [await failureOf(unwrap(token, bad)), await failureOf(unwrap(token, good))];
      expect([ckrName(code), ...answers]).toEqual([ckrName(code), substitute.toString('hex'), message.toString('hex')]);
    }
    expect(token.state.kind).toBe('open');
    expect(['C_Login', 'C_OpenSession', 'C_Initialize'].map(call => shim.count(call))).toEqual([0, 0, 0]);
  });

  it('takes the same calls for good and bad', async () => {
    const token = open(noRawRsa);
    await unwrap(token, pkcs1(randomBytes(32)));
    const blocks = [
      () => pkcs1(randomBytes(32)),
      () => pkcs1(randomBytes(31)),
      () => pkcs1(Buffer.alloc(0)),
      badBlock,
      () => Buffer.alloc(256, 0xff),
      () => randomBytes(17),
    ];
    const calls: string[] = [];
    for (const make of blocks) {
      const block = make();
      shim.countAnew();
      await unwrap(token, block);
      calls.push(shim.log().join(' '));
    }
    expect(new Set(calls)).toEqual(new Set(['C_DecryptInit C_Decrypt C_DecryptInit C_Decrypt']));
  });

  it.each(kinds)('that fails with %i on everything gives no key, and is left alone until it works', async code => {
    const token = open(noRawRsa);
    const message = randomBytes(32);
    const [good, bad] = [pkcs1(message), badBlock()];
    await unwrap(token, good);
    shim.play(noRawRsa, `fail C_Decrypt ${hex(code)}`);
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all([good, bad, good, bad].map(block => failureOf(unwrap(token, block))));
      expect(new Set(answers)).toEqual(new Set(['unavailable']));
    }
    expect(played.states.at(-1)?.kind).toBe('lost');
    shim.play(noRawRsa);
    await until(() => token.state.kind === 'open');
    expect(await unwrap(token, good)).toEqual(message);
  });

  it('does what the other session can do when one fails', async () => {
    const token = open(noRawRsa);
    const message = randomBytes(32);
    const good = pkcs1(message);
    await unwrap(token, good);
    for (const code of kinds) {
      // Both, the one of the caller and our own.
      shim.play(noRawRsa, `fail C_Decrypt ${hex(code)} times 2`);
      expect([ckrName(code), await failureOf(unwrap(token, good))]).toEqual([ckrName(code), message.toString('hex')]);
    }
    expect(token.state.kind).toBe('open');
  });
});

describe('a token with raw RSA', () => {
  it('does in another session what one refuses with any code', async () => {
    const token = open();
    const message = randomBytes(32);
    const good = pkcs1(message);
    await unwrap(token, good);
    for (const code of codes) {
      shim.play(`fail C_Decrypt ${hex(code)} times 1`);
      expect([ckrName(code), await failureOf(unwrap(token, good))]).toEqual([ckrName(code), message.toString('hex')]);
    }
    expect(token.state.kind).toBe('open');
  });

  it('is not asked in vain for what mechanism and key do not allow, and of every other code in another session', async () => {
    const token = open();
    const message = randomBytes(32);
    const good = pkcs1(message);
    await unwrap(token, good);
    const unsupported: string[] = [];
    for (const code of codes) {
      shim.play(`fail C_DecryptInit ${hex(code)} times 1`);
      const answer = await failureOf(unwrap(token, good));
      if (answer === 'unsupported') unsupported.push(ckrName(code));
      else expect([ckrName(code), answer]).toEqual([ckrName(code), message.toString('hex')]);
    }
    expect(unsupported).toEqual([
      'CKR_FUNCTION_NOT_SUPPORTED',
      'CKR_KEY_SIZE_RANGE',
      'CKR_KEY_TYPE_INCONSISTENT',
      'CKR_KEY_FUNCTION_NOT_PERMITTED',
      'CKR_MECHANISM_INVALID',
      'CKR_MECHANISM_PARAM_INVALID',
    ]);
    expect(token.state.kind).toBe('open');
  });

  it.each(kinds)('that fails with %i for good is left alone until it works', async code => {
    const token = open();
    const message = randomBytes(32);
    const good = pkcs1(message);
    await unwrap(token, good);
    shim.play(`fail C_Decrypt ${hex(code)}`);
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all([good, badBlock()].map(block => failureOf(unwrap(token, block))));
      expect(new Set(answers)).toEqual(new Set(['unavailable']));
    }
    expect(played.states.at(-1)?.kind).toBe('lost');
    shim.play();
    await until(() => token.state.kind === 'open');
    expect(await unwrap(token, good)).toEqual(message);
  });
});

it('points at no label where there is none, which some modules refuse', async () => {
  const token = open(noRawRsa, 'refuse-oaep sourced 0x71');
  const message = randomBytes(32);
  const encryptedKey = publicEncrypt({ key: recording.publicKey, oaepHash: 'sha1' }, message);
  // A part of a message, as what comes from another process is: empty, and still somewhere.
  const label = Buffer.from('message').subarray(0, 0);
  const scheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label } as const;
  const options = { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() };
  expect(await token.unwrapSessionKey(key, options)).toEqual(message);
});
