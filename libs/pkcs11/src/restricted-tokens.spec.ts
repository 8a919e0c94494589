import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { TokenError } from './errors/token-error.js';
import { rsaPublicKey } from './keys/subject-key-identifier.js';
import type { TokenKey } from './keys/token-key.js';
import { recordingKey } from './testing/recording-key.js';
import { ShimToken } from './testing/shim-token.js';
import { Token } from './token.js';
import type { TokenOptions } from './token-options.js';

jest.setTimeout(120_000);

const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const played = new ShimToken();
const { shim, softHsm } = played;
const tokens: Token[] = [];

afterEach(async () => {
  shim.play();
  for (const token of tokens.splice(0)) {
    token.close();
    await token.closed;
  }
});
afterAll(() => played.remove());

function open(more: Partial<TokenOptions>, ...rules: readonly string[]): Token {
  shim.play(...rules);
  shim.countAnew();
  const token = Token.open({ ...played.options, ...more });
  tokens.push(token);
  return token;
}

async function unwrap(token: Token, key: TokenKey): Promise<boolean> {
  const message = randomBytes(32);
  const publicKey = { key: rsaPublicKey(key.modulus, key.publicExponent), padding: constants.RSA_PKCS1_PADDING };
  const encryptedKey = publicEncrypt(publicKey, message);
  const request = { encryptedKey, sessionKeyLength: 32, signal: soon() };
  return (await token.unwrapSessionKey(key, { scheme: { scheme: 'rsaes-pkcs1-v1_5' }, ...request })).equals(message);
}

const failureOf = async (work: Promise<unknown>): Promise<Partial<TokenError>> => {
  const error = await work.then(
    () => new Error('it was done'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TokenError)) throw error;
  const { failure, ckr, message } = error;
  return { failure, ckr, message };
};

const makeKey = (token: Token, label: string): Promise<TokenKey> =>
  token.generateKeyPair({ modulusBits: 2048, label, sign: true }, soon());

describe('a token that is write-protected', () => {
  let key: TokenKey;

  beforeAll(async () => {
    const token = open({});
    key = await makeKey(token, '9350/kept');
    await token.writeNote({ name: 'kept', content: Buffer.of(1) }, soon());
  });

  it.each([
    ['says so', 'token-flags 0x2 0'],
    ['allows no sessions that write', 'read-only'],
    ['says nothing of it before a session that writes is opened', 'fail C_OpenSession 0xe2 times 1'],
  ])('and %s opens everything, and refuses by name what would change it', async (_, rule) => {
    const token = open({}, rule);
    const work = await Promise.all(Array.from({ length: 8 }, () => unwrap(token, key)));
    expect(work).toEqual(Array(8).fill(true));
    expect(await token.sign(key, 'sha256', Buffer.of(1), soon())).toHaveLength(256);
    await token.refreshKeys(soon());
    await token.refreshNotes(soon());
    expect(token.notes.map(({ name }) => name)).toEqual(['kept']);
    const { pair } = await recordingKey('9350/new');
    const acts = [
      token.importKeyPair(pair, soon()),
      makeKey(token, '9350/new'),
      token.addCertificate(pair, soon()),
      token.removeKey({ id: key.id, labels: [key.label] }, soon()),
      token.writeNote({ name: 'new', content: Buffer.of(1) }, soon()),
      token.removeNote('kept', soon()),
    ];
    for (const act of acts) {
      expect(await failureOf(act)).toEqual({
        failure: 'refused',
        ckr: 'CKR_TOKEN_WRITE_PROTECTED',
        message: expect.stringMatching(
          / is refused \(CKR_TOKEN_WRITE_PROTECTED\): the token is write-protected: allow writing/,
        ) as string,
      });
    }
    const wrote = ['C_CreateObject', 'C_DestroyObject', 'C_GenerateKeyPair', 'C_SetAttributeValue'];
    expect(wrote.map(call => shim.count(call))).toEqual([0, 0, 0, 0]);
    expect(token.state.kind).toBe('open');
  });

  it('and judges paddings has its rejection secret from when it could be written, or says what to do', async () => {
    expect(await failureOf(unwrap(open({}, 'read-only', 'hide 3'), key))).toMatchObject({
      failure: 'unsupported',
      message: expect.stringContaining('write-protected: open it once where it can be written') as string,
    });
    expect(await unwrap(open({}, 'hide 3'), key)).toBe(true);
    expect(await unwrap(open({}, 'read-only', 'hide 3'), key)).toBe(true);
  });
});

describe('keys that want a login for each use (CKA_ALWAYS_AUTHENTICATE)', () => {
  const forced = 'force-attribute 0x202 true';
  const contextLogins = (): number => shim.log().filter(line => line === 'C_Login user=2 pin=given').length;
  let key: TokenKey;

  it('are made, brought, used and sign, with one login for each use', async () => {
    const token = open({}, forced);
    key = await makeKey(token, '9350/each-use');
    const { pair } = await recordingKey('9350/brought-each-use');
    const { key: brought } = await token.importKeyPair(pair, soon());
    shim.countAnew();
    const work = await Promise.all([key, brought, key, brought, key, brought].map(one => unwrap(token, one)));
    expect(work).toEqual(Array(6).fill(true));
    expect(await token.sign(key, 'sha256', Buffer.of(1), soon())).toHaveLength(256);
    expect(contextLogins()).toBe(shim.count('C_Decrypt') + shim.count('C_Sign'));
    expect(await unwrap(open({ paddings: 'in-token' }), key)).toBe(true);
  });

  it('cost keys that do not want it no login', async () => {
    const token = open({});
    const usual = await makeKey(token, '9350/usual');
    expect(await unwrap(token, usual)).toBe(true);
    expect(contextLogins()).toBe(0);
  });

  it.each([
    ['is refused', 'fail C_Login 0xa0', 1, /CKR_PIN_INCORRECT/],
    ['would have its last try', 'token-flags 0x20000 0', 0, /CKF_USER_PIN_FINAL_TRY/],
    ['is locked', 'token-flags 0x40000 0', 0, /CKF_USER_PIN_LOCKED/],
  ])('are left alone when the PIN %s meanwhile: one try in all', async (_, rule, tries, says) => {
    const token = open({ sessions: 8 });
    shim.countAnew();
    shim.play(rule);
    const failures = await Promise.all(Array.from({ length: 16 }, () => failureOf(unwrap(token, key))));
    expect(failures[0]).toMatchObject({ failure: 'pin', message: expect.stringMatching(says) as string });
    expect(contextLogins()).toBe(tries);
    expect(token.state.kind).toBe('pin-refused');
  });
});

describe('a PIN that is entered at the token (CKF_PROTECTED_AUTHENTICATION_PATH)', () => {
  it('is not sent, and keys are used with it', async () => {
    const token = open({ pin: '' }, `pin-pad ${softHsm.pin}`);
    expect(await unwrap(token, await makeKey(token, '9350/pin-pad'))).toBe(true);
    const logins = shim.log().filter(line => line.startsWith('C_Login '));
    expect(logins).toEqual(['C_Login user=1 pin=none']);
  });

  it('is tried once when what was entered is wrong', () => {
    expect(() => open({ pin: '' }, 'pin-pad 98765432')).toThrow('CKR_PIN_INCORRECT');
    expect(shim.count('C_Login')).toBe(1);
  });

  it('is asked for by no token without such an entry: no try is spent', () => {
    expect(() => open({ pin: '' })).toThrow(/pin is empty.*CKF_PROTECTED_AUTHENTICATION_PATH.*pin-source/);
    expect(shim.count('C_Login')).toBe(0);
  });
});
