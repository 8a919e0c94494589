import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { HostedToken, rsaPublicKey, TokenError, type TokenState } from '#pkcs11';
import { P11KitClientToken } from '#test/tokens/p11-kit-client-token.js';
import type { RealToken } from '#test/tokens/real-token.js';
import { TpmToken } from '#test/tokens/tpm-token.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { optionsOf, soon } from './open-token.js';

jest.setTimeout(240_000);

interface TokenWithDaemon extends RealToken {
  killDaemon(): Promise<void>;
  startDaemon(): Promise<void>;
}

const daemons: Readonly<Record<string, () => Promise<TokenWithDaemon>>> = {
  'the server of p11-kit': () => P11KitClientToken.make(),
  'the resource manager of a TPM': () => TpmToken.make(),
};
const callers = 8;
const awayMs = 1500;
const longestMs = 120_000;
const opened = 'opened';

/** A token whose module speaks to a daemon, a key in it, and callers who open the same envelope again and again. */
async function serving(token: RealToken, states: TokenState['kind'][]) {
  const observer = {
    executed: () => undefined,
    processEnded: () => undefined,
    stateChanged: ({ kind }: TokenState) => void states.push(kind),
  };
  const environment = { ...process.env, ...token.environment };
  const hosted = await HostedToken.open(optionsOf(token, { environment, observer, operationTimeoutMs: 10_000 }));
  const key = await hosted.generateKeyPair({ label: '9350/first', modulusBits: 2048, sign: false }, soon());
  const message = randomBytes(32);
  const padding = constants.RSA_PKCS1_PADDING;
  const encryptedKey = publicEncrypt({ key: rsaPublicKey(key.modulus, key.publicExponent), padding }, message);
  /** What a caller sees: the session key, or of what kind the failure is. */
  const unwrap = async (): Promise<string> => {
    try {
      const scheme = { scheme: 'rsaes-pkcs1-v1_5' } as const;
      const found = await hosted.unwrapSessionKey(key, { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() });
      return found.equals(message) ? opened : 'another key';
    } catch (error) {
      if (!(error instanceof TokenError)) return `foreign: ${String(error)}`;
      return error.retryAfterMs === undefined ? `${error.failure} for good` : error.failure;
    }
  };
  return { hosted, unwrap };
}

it.each(Object.entries(daemons))('comes back by itself when %s was killed while it served', async (_name, make) => {
  const token = await make();
  const states: TokenState['kind'][] = [];
  const { hosted, unwrap } = await serving(token, states);
  const seen = new Set<string>();
  let isOver = false;
  const call = async (): Promise<void> => {
    for (const end = performance.now() + longestMs; !isOver && performance.now() < end;) {
      const outcome = await unwrap();
      seen.add(outcome);
      // As a client that is told when to come again.
      if (outcome !== opened) await delay(50);
    }
  };
  try {
    const calling = Promise.all(Array.from({ length: callers }, call));
    await waitFor('the first envelopes', () => seen.has(opened));
    await token.killDaemon();
    await delay(awayMs);
    expect(await unwrap()).toBe('unavailable');
    await token.startDaemon();
    await waitFor('the token to be back', async () => (await unwrap()) === opened);
    isOver = true;
    await calling;
    // Nobody got a wrong key, or an answer that says that it is of no use to come again.
    expect([...seen].sort()).toEqual([opened, 'unavailable']);
    // A module that does not return from a call when its daemon dies is ended with its process.
    expect(states.filter(kind => kind === 'lost' || kind === 'hung')).not.toEqual([]);
    expect(hosted.state.kind).toBe('open');
    expect(new Set(await Promise.all(Array.from({ length: callers }, unwrap)))).toEqual(new Set([opened]));
  } finally {
    isOver = true;
    hosted.close();
    await hosted.closed;
    await token.remove();
  }
});
