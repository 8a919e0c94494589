import type { AuditCheckpoint } from './audit-log.js';
import { VouchedRecords } from './vouched-records.js';

const of = (writer: string, sequence: number, hash = 'a', root?: string): AuditCheckpoint => ({
  writer,
  sequence,
  hash,
  time: `${writer} ${sequence}`,
  ...(root === undefined ? {} : { root }),
});

describe(VouchedRecords.name, () => {
  it('finds the next record of a chain for which a checkpoint vouches', () => {
    const vouched = new VouchedRecords([of('b', 7), of('b', 3, 'x', 'r'), of('a', 4)]);
    expect(vouched.next('b', 0)).toEqual({ sequence: 3, hash: 'x', root: 'r' });
    expect(vouched.next('b', 3)?.sequence).toBe(3);
    expect(vouched.next('b', 4)).toEqual({ sequence: 7, hash: 'a', root: null });
    expect(vouched.next('b', 8)).toBeUndefined();
    expect(vouched.next('c', 0)).toBeUndefined();
    vouched.close();
  });

  it('lets no record be right of which two checkpoints say different things, however often', () => {
    const vouched = new VouchedRecords([of('a', 1, 'x'), of('a', 1, 'y'), of('a', 1, 'x'), of('a', 1, 'x')]);
    expect(vouched.next('a', 1)?.hash).toBe('');
    vouched.close();
  });

  it('keeps the root that one of several checkpoints has', () => {
    const vouched = new VouchedRecords([of('a', 1, 'x', 'r'), of('a', 1, 'x')]);
    expect(vouched.next('a', 1)).toEqual({ sequence: 1, hash: 'x', root: 'r' });
    vouched.close();
  });

  it('names the chains that end too early, with the last checkpoint of each', () => {
    const vouched = new VouchedRecords([of('c', 1), of('a', 4), of('a', 9), of('a', 2), of('b', 5)]);
    vouched.noteEnd('a', 6);
    vouched.noteEnd('a', 3);
    vouched.noteEnd('b', 5);
    expect([...vouched.shortChains()]).toEqual([
      { writer: 'a', end: 6, sequence: 9, time: 'a 9' },
      { writer: 'c', end: -1, sequence: 1, time: 'c 1' },
    ]);
    vouched.close();
  });
});
