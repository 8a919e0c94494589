import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { BasicCredentials } from './credentials.js';
import { CredentialCache } from './credential-cache.js';

const credentials = { userName: 'anthony', password: 'open sesame' };
const longTime = 60_000;

const version = (number: number) => ({ name: 'anthony', version: number });
const knows = (memory: CredentialCache, given: BasicCredentials, number: number): boolean =>
  memory.recall(given)?.version === number;

describe(CredentialCache.name, () => {
  it('knows what it was told, for this version of the user', () => {
    const memory = new CredentialCache(10, longTime);
    expect(knows(memory, credentials, 1)).toBe(false);
    memory.remember(credentials, version(1));
    expect(knows(memory, credentials, 1)).toBe(true);
    expect(knows(memory, { ...credentials }, 1)).toBe(true);
  });

  it('forgets with every change of the user, in both directions', () => {
    const memory = new CredentialCache(10, longTime);
    memory.remember(credentials, version(2));
    expect(knows(memory, credentials, 3)).toBe(false);
    expect(knows(memory, credentials, 1)).toBe(false);
  });

  it.each([
    { userName: 'anthony', password: 'open sesame ' },
    { userName: 'anthony', password: 'Open sesame' },
    { userName: 'anthony', password: '' },
    { userName: 'Anthony', password: 'open sesame' },
    { userName: 'anthony:open', password: ' sesame' },
    { userName: 'anthonyopen sesame', password: '' },
    { userName: 'anthony","open sesame', password: '' },
  ])('does not know %j', other => {
    const memory = new CredentialCache(10, longTime);
    memory.remember(credentials, version(1));
    expect(knows(memory, other, 1)).toBe(false);
  });

  it('forgets when the time is over', async () => {
    const memory = new CredentialCache(10, 1);
    memory.remember(credentials, version(1));
    while (knows(memory, credentials, 1)) await nextTurn();
    expect(knows(memory, credentials, 1)).toBe(false);
  });

  it('remembers nothing when it is turned off', () => {
    const memory = new CredentialCache(10, 0);
    memory.remember(credentials, version(1));
    expect(knows(memory, credentials, 1)).toBe(false);
  });

  it('keeps no more than its size', () => {
    const memory = new CredentialCache(2, longTime);
    const users = ['a', 'b', 'c'].map(userName => ({ userName, password: 'p' }));
    users.forEach(user => memory.remember(user, version(1)));
    expect(users.map(user => knows(memory, user, 1))).toEqual([false, true, true]);
  });

  it('knows credentials only where they were checked', () => {
    const memory = new CredentialCache(10, longTime);
    memory.remember(credentials, version(1), 'cc-1');
    expect(memory.recall(credentials, 'cc-1')).toEqual(version(1));
    expect(memory.recall(credentials, 'cc-2')).toBeUndefined();
    expect(memory.recall(credentials)).toBeUndefined();
  });

  it('checks the same credentials once at a time, others beside them, and failures again', async () => {
    const memory = new CredentialCache(10, longTime);
    const user = { ...version(1), enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };
    let count = 0;
    const check = (given: BasicCredentials, scope = 'cc-1') =>
      memory.verifyOnce(given, scope, async () => {
        count++;
        await nextTurn();
        if (given.password === 'wrong') throw new Error('wrong');
        return user;
      });
    await Promise.all([check(credentials), check({ ...credentials }), check(credentials, 'cc-2')]);
    expect(count).toBe(2);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(check({ ...credentials, password: 'wrong' })).rejects.toThrow('wrong');
    }
    expect(count).toBe(4);
  });

  it('keeps neither name nor password as a key, nor a digest that could be computed elsewhere', () => {
    const stored = jest.spyOn(LRUCache.prototype, 'set');
    try {
      new CredentialCache(10, longTime).remember(credentials, version(1));
      new CredentialCache(10, longTime).remember(credentials, version(1));
      const keys = stored.mock.calls.map(([key]) => String(key));
      expect(stored.mock.calls.map(([, value]) => value as unknown)).toEqual([version(1), version(1)]);
      expect(keys).toHaveLength(2);
      expect(keys[0]).not.toBe(keys[1]);
      const text = `["${credentials.userName}","${credentials.password}"]`;
      const guesses = [credentials.userName, credentials.password, createHash('sha256').update(text).digest('base64')];
      for (const guess of guesses) expect(JSON.stringify(keys)).not.toContain(guess);
    } finally {
      stored.mockRestore();
    }
  });
});
