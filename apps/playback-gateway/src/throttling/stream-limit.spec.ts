import { StreamLimit } from './stream-limit.js';

const hour = 3_600_000;
const tooMany = { code: 'RCS_TOO_MANY_REQUESTS' };

describe(StreamLimit.name, () => {
  const staying = new AbortController().signal;
  const limitOf = (maxConcurrentStreamsPerUser: number, waitMs = hour) =>
    new StreamLimit({ maxConcurrentStreamsPerUser }, waitMs);

  it('bounds the playbacks of one user and leaves others alone', async () => {
    const limit = limitOf(2, 1);
    const [first, second] = [await limit.begin('anthony', staying), await limit.begin('anthony', staying)];
    await expect(limit.begin('anthony', staying)).rejects.toMatchObject(tooMany);
    (await limit.begin('bob', staying))();
    first();
    const third = await limit.begin('anthony', staying);
    second();
    third();
    await limit.begin('anthony', staying);
    await expect(limit.begin('anthony', staying)).resolves.toEqual(expect.any(Function));
  });

  it('lets one more wait until a slot is free, first come first served', async () => {
    const limit = limitOf(1);
    const order: string[] = [];
    const first = await limit.begin('anthony', staying);
    const playing = ['second', 'third'].map(async name => {
      const ended = await limit.begin('anthony', staying);
      order.push(name);
      ended();
    });
    expect(order).toEqual([]);
    first();
    await Promise.all(playing);
    expect(order).toEqual(['second', 'third']);
  });

  it('says who waited', async () => {
    const limit = limitOf(1);
    const waited: string[] = [];
    const first = await limit.begin('anthony', staying, () => waited.push('first'));
    const second = limit.begin('anthony', staying, () => waited.push('second'));
    first();
    await second;
    expect(waited).toEqual(['second']);
  });

  it('gives a slot back once, however often it is told', async () => {
    const limit = limitOf(1, 1);
    const first = await limit.begin('anthony', staying);
    first();
    await limit.begin('anthony', staying);
    first();
    await expect(limit.begin('anthony', staying)).rejects.toMatchObject(tooMany);
  });

  it('forgets who leaves while they wait, and takes nobody who has left', async () => {
    const limit = limitOf(1);
    const first = await limit.begin('anthony', staying);
    const leaving = new AbortController();
    const left = limit.begin('anthony', leaving.signal);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ name: 'ReceiverGoneError' });
    await expect(limit.begin('anthony', leaving.signal)).rejects.toMatchObject({ name: 'ReceiverGoneError' });
    first();
    await expect(limit.begin('anthony', staying)).resolves.toEqual(expect.any(Function));
  });

  it('lets so many wait and no more', async () => {
    const limit = limitOf(2);
    const ends = [await limit.begin('anthony', staying), await limit.begin('anthony', staying)];
    const waiting = Array.from({ length: 8 }, () => limit.begin('anthony', staying));
    await expect(limit.begin('anthony', staying)).rejects.toMatchObject(tooMany);
    ends.forEach(ended => ended());
    for (const next of waiting) (await next)();
  });
});
