import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenError } from './errors/token-error.js';
import { recordingKey, type RecordingKey } from './testing/recording-key.js';
import { ShimToken } from './testing/shim-token.js';
import { Token } from './token.js';

jest.setTimeout(120_000);

const soon = (): AbortSignal => AbortSignal.timeout(60_000);

/** What a token has few of: tries of its PIN, sessions, patience. */
describe('the token is spared', () => {
  let shimToken: ShimToken;
  let token: Token;
  let recording: RecordingKey;
  const message = randomBytes(32);
  const unwrap = (): Promise<Buffer> => {
    const padding = constants.RSA_PKCS1_PADDING;
    const encryptedKey = publicEncrypt({ key: recording.publicKey, padding }, message);
    const request = { encryptedKey, sessionKeyLength: 32, signal: soon() };
    return token.unwrapSessionKey(
      { id: recording.pair.keyIdentifier },
      { scheme: { scheme: 'rsaes-pkcs1-v1_5' }, ...request },
    );
  };
  const failures = async (count: number): Promise<string[]> => {
    const outcomes = await Promise.allSettled(Array.from({ length: count }, unwrap));
    return outcomes.map(one => (one.status === 'fulfilled' ? 'none' : (one.reason as TokenError).failure));
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 60_000; !condition() && Date.now() < limit;) await delay(10);
    expect(condition()).toBe(true);
  };

  beforeAll(async () => {
    recording = await recordingKey('9350/first');
  });
  beforeEach(async () => {
    shimToken = new ShimToken();
    token = Token.open({ ...shimToken.options, sessions: 8 });
    await token.importKeyPair(recording.pair, soon());
  });
  afterEach(async () => {
    shimToken.shim.play();
    token.close();
    await token.closed;
    shimToken.remove();
  });

  it('one login in all when the sessions of 16 callers were lost and the PIN is refused', async () => {
    const { shim } = shimToken;
    await failures(16);
    shim.countAnew();
    shim.play('forget-sessions 1', 'fail C_Login 0xa0');
    expect(new Set(await failures(16))).toEqual(new Set(['pin']));
    expect(shim.count('C_Login')).toBe(1);
    expect(token.state.kind).toBe('pin-refused');
    await delay(600);
    expect(shim.count('C_Login')).toBe(1);
  });

  it.each([
    ['FINAL_TRY', '0x20000', /CKF_USER_PIN_FINAL_TRY/],
    ['LOCKED', '0x40000', /CKF_USER_PIN_LOCKED/],
  ])('no login where the token says %s', (_, flags, says) => {
    const { shim, options } = shimToken;
    const other = new ShimToken();
    try {
      other.shim.play(`token-flags ${flags} 0`);
      expect(() => Token.open({ ...options, uri: other.uri })).toThrow(says);
      expect(other.shim.count('C_Login')).toBe(0);
    } finally {
      other.remove();
    }
    expect(shim.count('C_Login')).toBe(1);
  });

  it('fewer sessions while others have them, all again afterwards, and playback before administration', async () => {
    const { shim } = shimToken;
    shim.play('sessions 2');
    expect(await failures(16)).toEqual(Array(16).fill('none'));
    expect(token.sessions.size).toBe(1);
    shim.play();
    await until(() => token.sessions.size === 8);
    expect(await failures(16)).toEqual(Array(16).fill('none'));
    expect(token.sessions.size).toBe(8);
  });

  it('one session serves both lanes where no other can be had', async () => {
    const { shim } = shimToken;
    shim.play('sessions 1');
    const both = await Promise.allSettled([unwrap(), token.refreshKeys(soon()), unwrap(), token.refreshKeys(soon())]);
    expect(both.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
  });

  it('attempts to open it grow rarer until an operation has succeeded', async () => {
    const { shim } = shimToken;
    shim.play('fail C_Decrypt 0x30');
    const opens = (): number => shim.count('C_Login');
    shim.countAnew();
    const deadline = performance.now() + 6000;
    while (performance.now() < deadline) {
      await failures(1);
      await delay(20);
    }
    // 250 ms, doubled each time: five or six attempts in six seconds, where a constant pace would make over twenty.
    expect(opens()).toBeLessThanOrEqual(8);
    shim.play();
    await until(() => token.state.kind === 'open');
    expect(await unwrap()).toEqual(message);
  });
});
