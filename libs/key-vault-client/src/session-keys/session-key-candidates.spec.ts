import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { maximumTriedKeys } from '#contracts';
import { RcsError } from '#platform';
import {
  openWithCandidates,
  type CandidateTrial,
  type SessionKeyCandidates,
  type UnwrappedSessionKey,
} from './session-key-candidates.js';

const wrong = new Error('wrong key');
const isZero = ({ sessionKey }: UnwrappedSessionKey): boolean => sessionKey.every(byte => byte === 0);

/** A vault that knows so many keys of a name and hands out a few at a time; key number `right` opens the content. */
class Keys {
  readonly given: UnwrappedSessionKey[] = [];
  readonly tried: string[] = [];

  constructor(
    private readonly count: number,
    private readonly right: number,
    private readonly atATime: number,
  ) {}

  others(tried: readonly string[]): SessionKeyCandidates {
    const names = Array.from({ length: this.count }, (_, index) => String(index)).filter(name => !tried.includes(name));
    if (names.length === 0) throw new RcsError('RCS_KEY_NOT_FOUND');
    const keys = names.slice(0, this.atATime).map(keyIdentifier => ({
      sessionKey: randomBytes(32),
      certificateAlias: `alias-${keyIdentifier}`,
      keyIdentifier,
    }));
    this.given.push(...keys);
    return { keys: keys as unknown as SessionKeyCandidates['keys'], more: names.length > keys.length };
  }

  readonly trial: CandidateTrial<string> = {
    open: ({ keyIdentifier }) => {
      this.tried.push(keyIdentifier);
      return Number(keyIdentifier) === this.right ? Promise.resolve(keyIdentifier) : Promise.reject(wrong);
    },
    isWrongKey: error => error === wrong,
    others: tried => new Promise(resolve => resolve(this.others(tried))),
  };
}

describe(openWithCandidates.name, () => {
  it('opens with the first candidate that fits, and keeps no other key', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 8 }), async (right, behind, atATime) => {
        const keys = new Keys(right + 1 + behind, right, atATime);
        expect(await openWithCandidates(keys.others([]), keys.trial)).toBe(String(right));
        expect(keys.tried).toEqual(Array.from({ length: right + 1 }, (_, index) => String(index)));
        expect(keys.given.filter(key => !isZero(key)).map(({ keyIdentifier }) => keyIdentifier)).toEqual([
          String(right),
        ]);
      }),
    );
  });

  it('fails with the last reason when none fits, and keeps no key', async () => {
    const keys = new Keys(5, -1, 2);
    await expect(openWithCandidates(keys.others([]), keys.trial)).rejects.toBe(wrong);
    expect([keys.tried.length, keys.given.every(isZero)]).toEqual([5, true]);
  });

  it('gives up after so many that no contact center needs them', async () => {
    const keys = new Keys(1000, -1, 8);
    await expect(openWithCandidates(keys.others([]), keys.trial)).rejects.toBe(wrong);
    expect([keys.tried.length, keys.given.every(isZero)]).toEqual([maximumTriedKeys, true]);
  });

  it('tries no other candidate after a failure that is not about the key, and keeps none', async () => {
    const keys = new Keys(3, 2, 3);
    const lost = new Error('the storage is away');
    const open = jest.fn().mockRejectedValue(lost);
    await expect(openWithCandidates(keys.others([]), { ...keys.trial, open })).rejects.toBe(lost);
    expect([open.mock.calls.length, keys.given.every(isZero)]).toEqual([1, true]);
  });

  it.each([
    ['RCS_TOKEN_UNAVAILABLE', 'RCS_TOKEN_UNAVAILABLE'],
    ['RCS_KEY_DISABLED', 'RCS_KEY_DISABLED'],
    ['RCS_KEY_NOT_FOUND', undefined],
    ['RCS_GRANT_REFUSED', undefined],
  ] as const)('when the vault answers %s to the question for others', async (code, expected) => {
    const keys = new Keys(3, 2, 1);
    const others = () => Promise.reject(new RcsError(code));
    const failure: unknown = await openWithCandidates(keys.others([]), { ...keys.trial, others }).catch(
      (error: unknown) => error,
    );
    expect((failure as { code?: string }).code).toBe(expected);
  });

  it('does not go round in a circle with a vault that gives the same keys again', async () => {
    const keys = new Keys(3, 2, 1);
    const others = () => Promise.resolve(keys.others([]));
    await expect(openWithCandidates(keys.others([]), { ...keys.trial, others })).rejects.toBe(wrong);
    expect([keys.given.length, keys.given.every(isZero)]).toEqual([2, true]);
  });
});
