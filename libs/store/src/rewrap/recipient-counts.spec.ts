import { GroupCounts, RecipientGroups } from './recipient-counts.js';

describe(RecipientGroups.name, () => {
  it('knows the groups of a recipient, and each recipient once', () => {
    const groups = RecipientGroups.of([['a', 'b', 'a'], [], ['b', 'c']]);
    expect([groups.size, groups.recipients]).toEqual([3, ['a', 'b', 'c']]);
    expect(['a', 'b', 'c', 'x'].map(recipient => groups.with(recipient))).toEqual([[0], [0, 2], [2], []]);
  });

  it('looks through groups once, however often they are asked for', () => {
    let looks = 0;
    const groups = new Proxy([['a'], ['b']], {
      get(target, name, receiver): unknown {
        looks += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const first = RecipientGroups.of(groups);
    const before = looks;
    expect(RecipientGroups.of(groups)).toBe(first);
    expect(new GroupCounts(first).totals()).toEqual([0, 0]);
    expect([before > 0, looks]).toEqual([true, before]);
    expect(RecipientGroups.of([['a'], ['b']])).not.toBe(first);
  });
});

describe(GroupCounts.name, () => {
  function counted(groups: readonly (readonly string[])[], counts: Readonly<Record<string, number>>): GroupCounts {
    const own = new GroupCounts(RecipientGroups.of(groups));
    for (const [recipient, recordings] of Object.entries(counts)) own.add(recipient, recordings);
    return own;
  }

  it('adds up what cannot be the same recordings', () => {
    const counts = counted([['a', 'b'], ['c', 'c'], ['a'], []], { a: 2, b: 0, c: 4, x: 8 });
    expect([counts.mayOverlap, counts.totals()]).toEqual([false, [2, 4, 2, 0]]);
  });

  it('takes out what two recipients of a group are both in, and of no other group', () => {
    const counts = counted([['a', 'b', 'c'], ['a', 'x'], ['b']], { a: 3, b: 2, c: 1 });
    expect(counts.mayOverlap).toBe(true);
    const several = [
      { recipients: ['a', 'b', 'c'], recordings: 1 },
      { recipients: ['a', 'x'], recordings: 1 },
    ];
    expect(counts.totals(several)).toEqual([4, 3, 2]);
    expect(counts.totals(several)).toEqual([4, 3, 2]);
  });
});
