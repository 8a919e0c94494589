import { InternalAuthority } from '#test/authority/internal-authority.js';
import { Derived } from './current.js';
import type { InternalIdentity } from './internal-identity.js';
import { LiveIdentity } from './live-identity.js';

describe(LiveIdentity.name, () => {
  let first: InternalIdentity;
  let second: InternalIdentity;
  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    [first, second] = [await authority.issue('key-vault'), await authority.issue('key-vault')];
  });

  it('is the latest one for whoever asks, and told to whoever listens', () => {
    const identity = new LiveIdentity(first);
    const told: InternalIdentity[] = [];
    const end = identity.onChange(next => told.push(next));
    expect(identity.current).toBe(first);
    identity.replace(second);
    expect(identity.current).toBe(second);
    end();
    identity.replace(first);
    expect(told).toEqual([second]);
  });

  it('is already the new one when listeners hear of it', () => {
    const identity = new LiveIdentity(first);
    let seen: InternalIdentity | undefined;
    identity.onChange(() => (seen = identity.current));
    identity.replace(second);
    expect(seen).toBe(second);
  });

  it('gives what is made of it, made once for each', () => {
    const identity = new LiveIdentity(first);
    const make = jest.fn(({ certificatePem }: InternalIdentity) => certificatePem.length);
    const derived = new Derived(identity, make);
    expect([derived.current, derived.current]).toEqual([first.certificatePem.length, first.certificatePem.length]);
    expect(make).toHaveBeenCalledTimes(1);
    identity.replace(second);
    expect(derived.current).toBe(second.certificatePem.length);
    expect(make).toHaveBeenCalledTimes(2);
  });
});
