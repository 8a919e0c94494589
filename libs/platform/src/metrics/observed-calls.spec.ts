import { observedCalls } from './observed-calls.js';

class Shelf {
  readonly size = 3;
  #books = ['a'];

  async find(name: string): Promise<string | undefined> {
    await Promise.resolve();
    return this.#books.find(book => book === name);
  }

  async findTwice(name: string): Promise<unknown[]> {
    return [await this.find(name), await this.find(name)];
  }

  burn(): Promise<void> {
    return Promise.reject(new RangeError('no fire here'));
  }

  count(): number {
    return this.#books.length;
  }

  *names(): Iterable<string> {
    yield* this.#books;
  }
}

describe(observedCalls.name, () => {
  let ended: [string, number, unknown][] = [];
  let begun: string[] = [];
  const shelf = () =>
    observedCalls(new Shelf(), method => {
      begun.push(method);
      return (seconds, error) => void ended.push([method, seconds, error]);
    });
  beforeEach(() => {
    ended = [];
    begun = [];
  });

  it('reports a call with its time, and passes the result on', async () => {
    expect(await shelf().find('a')).toBe('a');
    expect(ended).toEqual([['find', expect.any(Number), undefined]]);
    expect(ended[0]?.[1]).toBeGreaterThanOrEqual(0);
  });

  it('reports a failure, and passes it on', async () => {
    await expect(shelf().burn()).rejects.toThrow('no fire here');
    expect(ended).toEqual([['burn', expect.any(Number), expect.any(RangeError)]]);
  });

  it('tells when a call begins, before it ends', () => {
    void shelf().find('a');
    expect([begun, ended]).toEqual([['find'], []]);
  });

  it('reports once what an object does by calling itself', async () => {
    expect(await shelf().findTwice('a')).toEqual(['a', 'a']);
    expect(begun).toEqual(['findTwice']);
  });

  it('lets everything else through unreported', () => {
    const observed = shelf();
    expect([observed.size, observed.count(), [...observed.names()], observed instanceof Shelf]).toEqual([
      3,
      1,
      ['a'],
      true,
    ]);
    expect(begun).toEqual([]);
  });
});
