import { once, EventEmitter } from 'node:events';
import { GatheredWrites } from './gathered-writes.js';

describe(GatheredWrites.name, () => {
  it('writes together what came in a while, and what came later after it', async () => {
    const written: (readonly number[])[] = [];
    const writes = new EventEmitter();
    const gathered = new GatheredWrites<number>(1, things => {
      written.push(things);
      writes.emit('write');
      return Promise.resolve();
    });
    for (const batch of [[1, 2, 3], [4]]) {
      const next = once(writes, 'write', { signal: AbortSignal.timeout(10_000) });
      batch.forEach(thing => gathered.add(thing));
      expect(gathered.count).toBe(batch.length);
      await next;
      expect(gathered.count).toBe(0);
    }
    expect(written).toEqual([[1, 2, 3], [4]]);
  });

  it('writes at its end what waits, and waits for all that is being written', async () => {
    let written = 0;
    const gathered = new GatheredWrites<number>(60_000, async things => {
      await new Promise(resolve => setImmediate(resolve));
      written += things.length;
    });
    gathered.add(1);
    gathered.add(2);
    await gathered.end();
    expect(written).toBe(2);
    await gathered.end();
    expect(written).toBe(2);
  });
});
