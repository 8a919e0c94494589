import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { CredentialMemory } from './credential-memory.js';

const credentials = { userName: 'anthony', password: 'open sesame' };
const longTime = 60_000;

describe(CredentialMemory.name, () => {
  it('knows what it was told, for this version of the user', () => {
    const memory = new CredentialMemory(10, longTime);
    expect(memory.knows(credentials, 1)).toBe(false);
    memory.remember(credentials, 1);
    expect(memory.knows(credentials, 1)).toBe(true);
    expect(memory.knows({ ...credentials }, 1)).toBe(true);
  });

  it('forgets with every change of the user, in both directions', () => {
    const memory = new CredentialMemory(10, longTime);
    memory.remember(credentials, 2);
    expect(memory.knows(credentials, 3)).toBe(false);
    expect(memory.knows(credentials, 1)).toBe(false);
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
    const memory = new CredentialMemory(10, longTime);
    memory.remember(credentials, 1);
    expect(memory.knows(other, 1)).toBe(false);
  });

  it('forgets when the time is over', async () => {
    const memory = new CredentialMemory(10, 1);
    memory.remember(credentials, 1);
    while (memory.knows(credentials, 1)) await nextTurn();
    expect(memory.knows(credentials, 1)).toBe(false);
  });

  it('remembers nothing when it is turned off', () => {
    const memory = new CredentialMemory(10, 0);
    memory.remember(credentials, 1);
    expect(memory.knows(credentials, 1)).toBe(false);
  });

  it('keeps no more than its size', () => {
    const memory = new CredentialMemory(2, longTime);
    const users = ['a', 'b', 'c'].map(userName => ({ userName, password: 'p' }));
    users.forEach(user => memory.remember(user, 1));
    expect(users.map(user => memory.knows(user, 1))).toEqual([false, true, true]);
  });

  it('keeps neither name nor password, nor a digest that could be computed elsewhere', () => {
    const stored = jest.spyOn(LRUCache.prototype, 'set');
    try {
      new CredentialMemory(10, longTime).remember(credentials, 1);
      new CredentialMemory(10, longTime).remember(credentials, 1);
      const keys = stored.mock.calls.map(([key]) => String(key));
      expect(keys).toHaveLength(2);
      expect(keys[0]).not.toBe(keys[1]);
      const text = `["${credentials.userName}","${credentials.password}"]`;
      const guesses = [credentials.userName, credentials.password, createHash('sha256').update(text).digest('base64')];
      for (const guess of guesses) expect(JSON.stringify(stored.mock.calls)).not.toContain(guess);
    } finally {
      stored.mockRestore();
    }
  });
});
