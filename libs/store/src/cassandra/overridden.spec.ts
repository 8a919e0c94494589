import { overridden } from './overridden.js';

class Counter {
  private count = 0;

  add(): number {
    this.count += 1;
    return this.count;
  }

  twice(): number {
    return this.add() + this.add();
  }
}

describe(overridden.name, () => {
  it('replaces a method for callers, and leaves the object itself as it was', () => {
    const counter = new Counter();
    const changed = overridden(counter, { add: () => 7 });
    expect([changed.add(), changed.twice(), counter.add()]).toEqual([7, 3, 3]);
  });
});
