import { FairQueue } from './fair-queue.js';

const patient = new AbortController().signal;

const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Work that ends when it is told to. */
class Works {
  readonly begun: string[] = [];
  private readonly endings: (() => void)[] = [];

  work(name: string): () => Promise<string> {
    return () => {
      this.begun.push(name);
      return new Promise(resolve => this.endings.push(() => resolve(name)));
    };
  }

  async endOne(): Promise<void> {
    await settled();
    this.endings.shift()?.();
    await settled();
  }
}

describe(FairQueue.name, () => {
  let works: Works;
  let waits: number[];
  let queue: FairQueue;

  beforeEach(() => {
    works = new Works();
    waits = [];
    queue = new FairQueue({ places: () => 1, perCaller: 3, waited: seconds => waits.push(seconds) });
  });

  it('serves callers in turn, however many one of them has waiting', async () => {
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map(name =>
      queue.run(name.charAt(0), patient, works.work(name)),
    );
    for (let index = 0; index < all.length; index++) await works.endOne();
    expect(await Promise.all(all)).toHaveLength(7);
    expect(works.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    expect(waits).toHaveLength(7);
    expect(queue.length).toBe(0);
  });

  it('refuses one caller too many, not the others', async () => {
    const all = ['a1', 'a2', 'a3', 'a4'].map(name => queue.run('a', patient, works.work(name)));
    await expect(queue.run('a', patient, works.work('a5'))).rejects.toMatchObject({ code: 'RCS_OVERLOADED' });
    const other = queue.run('b', patient, works.work('b1'));
    for (let index = 0; index < 5; index++) await works.endOne();
    expect(await Promise.all([...all, other])).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
  });

  it('forgets who gives up, and never loses a place', async () => {
    const impatient = new AbortController();
    const first = queue.run('a', patient, works.work('a1'));
    const second = queue.run('a', impatient.signal, works.work('a2'));
    const third = queue.run('b', patient, works.work('b1'));
    impatient.abort();
    await expect(second).rejects.toMatchObject({ code: 'RCS_OVERLOADED' });
    expect(queue.length).toBe(1);
    await works.endOne();
    await works.endOne();
    expect(await Promise.all([first, third])).toEqual(['a1', 'b1']);
    expect(works.begun).toEqual(['a1', 'b1']);
    await expect(queue.run('a', AbortSignal.abort(), works.work('a3'))).rejects.toMatchObject({
      code: 'RCS_OVERLOADED',
    });
  });

  it('gives the place of work that fails to the next', async () => {
    const failing = queue.run('a', patient, () => Promise.reject(new Error('no')));
    const next = queue.run('a', patient, works.work('a2'));
    await expect(failing).rejects.toThrow('no');
    await works.endOne();
    expect(await next).toBe('a2');
  });

  it('lets as many work as there are places, which may change', async () => {
    let places = 2;
    const changing = new FairQueue({ places: () => places, perCaller: 9, waited: () => undefined });
    const all = ['1', '2', '3', '4', '5'].map(name => changing.run('a', patient, works.work(name)));
    await settled();
    expect(works.begun).toEqual(['1', '2']);
    places = 0;
    await works.endOne();
    await works.endOne();
    expect(works.begun).toEqual(['1', '2', '3']);
    places = 2;
    for (let index = 0; index < 3; index++) await works.endOne();
    expect(await Promise.all(all)).toHaveLength(5);
  });
});
