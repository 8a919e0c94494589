import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { HostedToken, type HostedTokenOptions } from '#pkcs11';
import { recordingKey, type RecordingKey } from '../../libs/pkcs11/src/testing/recording-key.js';
import { shimFunctions } from '../../libs/pkcs11/src/testing/shim.js';
import { ShimToken } from '../../libs/pkcs11/src/testing/shim-token.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';

jest.setTimeout(300_000);

/** Longer than any call of a module that is well takes on a busy machine. */
const [operationTimeoutMs, openTimeoutMs] = [2000, 5000];
/** For a call that is ended, and the attempts before the first that meets a module that is well. */
const backMs = 30_000;
const atATime = 6;
const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const deviceError = 'fail C_DecryptInit 0x30';

describe('a call that never returns', () => {
  let first: RecordingKey;
  let second: RecordingKey;
  const message = randomBytes(32);
  let encryptedKey: Buffer;

  beforeAll(async () => {
    [first, second] = [await recordingKey('9350/first'), await recordingKey('9350/second')];
    encryptedKey = publicEncrypt({ key: first.publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
  });

  const unwrap = async (token: HostedToken): Promise<string> => {
    const scheme = { scheme: 'rsaes-pkcs1-v1_5' } as const;
    const key = { id: first.pair.keyIdentifier };
    try {
      const opened = await token.unwrapSessionKey(key, { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() });
      return opened.equals(message) ? 'back' : 'another key';
    } catch (error) {
      return `${token.state.kind}: ${String(error)}`;
    }
  };

  /** Everything that a vault does with a token; playback goes beside administration. */
  const useAll = (token: HostedToken): Promise<unknown> => {
    const administration = async (): Promise<void> => {
      const made = await token.generateKeyPair({ modulusBits: 2048, label: '9350/made', sign: true }, soon());
      await token.sign(made, 'sha256', Buffer.of(1), soon());
      await token.importKeyPair(second.pair, soon());
      await token.writeNote({ name: 'a note', content: Buffer.of(7) }, soon());
      await token.removeKey({ id: second.pair.keyIdentifier, labels: ['9350/second'] }, soon());
    };
    return Promise.allSettled([administration(), unwrap(token), unwrap(token)]);
  };

  /**
   * One call of the function stands in every process of the module. While it does, the others fail, so that the token is
   * lost as well; then the module is well again, but what stands does so for good.
   */
  async function afterStanding(call: string, more: Partial<HostedTokenOptions>): Promise<string> {
    const played = new ShimToken();
    const { shim, softHsm, options } = played;
    const observer = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };
    const hosted = { ...options, ...more, operationTimeoutMs, openTimeoutMs, observer };
    const token = HostedToken.begin({ ...hosted, environment: softHsm.environment });
    const stands = `hang ${call} times 1`;
    try {
      await token.opened;
      await waitFor('the token', () => token.state.kind === 'open');
      await token.importKeyPair(first.pair, soon());
      shim.countAnew();
      shim.play(stands);
      let isOver = false;
      const using = useAll(token).then(() => (isOver = true));
      await waitFor('the call', () => isOver || shim.count(call) > 0, { pollMs: 20 });
      shim.play(stands, deviceError);
      await unwrap(token);
      shim.play(stands);
      await using;
      shim.play();
      return await answerOf(
        'the token',
        () => unwrap(token),
        answer => answer === 'back',
        { patienceMs: backMs },
      );
    } catch (error) {
      return String(error);
    } finally {
      token.close();
      await within('the end of the process', token.closed);
      played.remove();
    }
  }

  it.each([
    ['on threads', {}, shimFunctions()],
    // A key pair may take two minutes there, and nothing can be told meanwhile.
    ['on one thread', { serialised: true }, ['C_Decrypt', 'C_Sign', 'C_UnwrapKey']],
  ])('keeps no token away whose module is called %s, whichever call it is', async (_, more, calls) => {
    const waiting = [...calls];
    const outcomes: [string, string][] = [];
    const lane = async (): Promise<void> => {
      for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
        outcomes.push([call, await afterStanding(call, more)]);
      }
    };
    await Promise.all(Array.from({ length: atATime }, lane));
    expect(outcomes.filter(([, outcome]) => outcome !== 'back')).toEqual([]);
  });
});
