import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openWithCandidates, type SessionKeyCandidates, type UnwrappedSessionKey } from './session-key-candidates.js';

const wrong = new Error('wrong key');
const isWrongKey = (error: unknown): boolean => error === wrong;
const isZero = ({ sessionKey }: UnwrappedSessionKey): boolean => sessionKey.every(byte => byte === 0);

function candidatesOf(count: number): SessionKeyCandidates {
  const made = Array.from({ length: count }, (_, index) => ({
    sessionKey: randomBytes(32),
    certificateAlias: `alias-${index}`,
    keyIdentifier: String(index),
  }));
  return made as unknown as SessionKeyCandidates;
}

describe(openWithCandidates.name, () => {
  const counts = fc.integer({ min: 1, max: 8 });

  it('opens with the first candidate that fits and keeps no other key', async () => {
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(7), async (count, right) => {
        fc.pre(right < count);
        const candidates = candidatesOf(count);
        const tried: string[] = [];
        const open = async ({ keyIdentifier }: UnwrappedSessionKey): Promise<string> => {
          tried.push(keyIdentifier);
          return Number(keyIdentifier) < right ? Promise.reject(wrong) : Promise.resolve(keyIdentifier);
        };
        expect(await openWithCandidates(candidates, open, isWrongKey)).toBe(String(right));
        expect(tried).toEqual(Array.from({ length: right + 1 }, (_, index) => String(index)));
        expect(candidates.map(isZero)).toEqual(candidates.map((_, index) => index !== right));
      }),
    );
  });

  it('fails with the last reason when none fits, and keeps no key', async () => {
    const candidates = candidatesOf(3);
    await expect(openWithCandidates(candidates, () => Promise.reject(wrong), isWrongKey)).rejects.toBe(wrong);
    expect(candidates.every(isZero)).toBe(true);
  });

  it('tries no other candidate after a failure that is not about the key, and keeps none', async () => {
    const candidates = candidatesOf(3);
    const lost = new Error('the storage is away');
    const open = jest.fn().mockRejectedValue(lost);
    await expect(openWithCandidates(candidates, open, isWrongKey)).rejects.toBe(lost);
    expect(open).toHaveBeenCalledTimes(1);
    expect(candidates.every(isZero)).toBe(true);
  });
});
