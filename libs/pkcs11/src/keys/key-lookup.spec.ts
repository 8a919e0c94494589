import { randomBytes } from 'node:crypto';
import { TokenError } from '../errors/token-error.js';
import { recordingKey } from '../testing/recording-key.js';
import { SoftHsmToken } from '../testing/softhsm-token.js';
import { Token } from '../token.js';
import { KeyIndex } from './key-index.js';
import { KeyLookup } from './key-lookup.js';
import type { KeySelector, TokenKey } from './token-key.js';

jest.setTimeout(60_000);

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const unknown = (): KeySelector => ({ type: 'subject-key-identifier', keyIdentifier: randomBytes(20) });

describe(KeyLookup.name, () => {
  const softHsm = new SoftHsmToken();
  const open = (): Token =>
    Token.open({
      uri: softHsm.uri,
      pin: softHsm.pin,
      sessions: 2,
      queueLimit: 100,
      operationTimeoutMs: 10_000,
      observer: { waited: () => undefined, executed: () => undefined, stateChanged: () => undefined },
    });
  let token: Token;
  let lookup: KeyLookup;
  let readings = 0;

  beforeAll(() => {
    token = open();
    lookup = new KeyLookup({
      index: () => new KeyIndex(token.objects),
      reread: () => {
        readings++;
        return token.refreshKeys(soon());
      },
    });
  });
  afterAll(async () => {
    token.close();
    await token.closed;
    softHsm.remove();
  });

  const find = (selector: KeySelector): Promise<readonly TokenKey[]> => lookup.byName(selector, () => true, soon());

  it('reads the token again for unknown recipients, once for all that come together', async () => {
    const found = await Promise.all(Array.from({ length: 100 }, () => find(unknown())));
    expect(found.flat()).toEqual([]);
    expect(readings).toBe(1);
  });

  it('finds what another process imported a moment ago, however short the last reading is past', async () => {
    const { pair } = await recordingKey('x/elsewhere');
    const { issuer, serialNumber } = pair;
    const selector = { type: 'issuer-and-serial-number', issuer, serialNumber } as const;
    const other = open();
    try {
      expect(await find(selector)).toEqual([]);
      await other.importKeyPair(pair, soon());
      expect((await find(selector))[0]?.label).toBe('x/elsewhere');
    } finally {
      other.close();
      await other.closed;
    }
  });

  it('waits no longer for a reading than its caller', async () => {
    const failure = await lookup.byName(unknown(), () => true, AbortSignal.abort()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TokenError);
    expect(failure).toMatchObject({ failure: 'busy' });
  });
});
