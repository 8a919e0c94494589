import { noteOf, readDisabledKey } from './disabled-key.js';
import { DisabledKeys } from './disabled-keys.js';

const key = { purpose: 'RECORDING', contactCenter: '9350', keyIdentifier: '0a'.repeat(20) } as const;
const mark = {
  disabledAt: '2026-11-01T00:00:00.000Z',
  destroyableAt: '2026-12-01T00:00:00.000Z',
  by: 'alice',
  unlistableSources: ['tapes'],
};

describe('the note that a key is disabled', () => {
  it.each([key, { ...key, purpose: 'LOCAL_KEY_MANAGER' as const }, { ...key, contactCenter: 'disabled' }])(
    'comes back as it was written: %p',
    one => {
      expect(readDisabledKey(noteOf(one, mark))).toEqual({ ...one, mark });
    },
  );

  it('gives nobody less than a day, whatever it says', () => {
    for (const destroyableAt of [mark.disabledAt, '2026-11-01T23:59:59.999Z', '2020-01-01T00:00:00.000Z']) {
      const read = readDisabledKey(noteOf(key, { ...mark, destroyableAt }));
      expect(read?.mark?.destroyableAt).toBe('2026-11-02T00:00:00.000Z');
    }
  });

  it.each(['', '{}', '{"disabledAt":1}', 'rubbish'])('holds although its content is %j', content => {
    const { name } = noteOf(key, mark);
    expect(readDisabledKey({ name, content: Buffer.from(content) })).toEqual({ ...key, mark: undefined });
  });

  it('is not every note', () => {
    expect(readDisabledKey({ name: 'something else', content: Buffer.alloc(0) })).toBeUndefined();
  });
});

describe(DisabledKeys.name, () => {
  const patient = (): AbortSignal => AbortSignal.timeout(5000);

  it('takes the later end where tokens differ, and none at all before any', () => {
    const later = { ...mark, destroyableAt: '2027-01-01T00:00:00.000Z' };
    const source = { notes: [noteOf(key, mark), noteOf(key, later)] };
    const disabled = new DisabledKeys(source);
    expect(disabled.of(key)?.mark).toEqual(later);
    expect(disabled.of({ ...key, contactCenter: '9351' })).toBeUndefined();
    source.notes = [noteOf(key, mark), { ...noteOf(key, later), content: Buffer.alloc(0) }];
    expect(disabled.of(key)).toEqual({ ...key, mark: undefined });
  });

  it('answers who waits when the list changes, when time is up, and at the end', async () => {
    const source = { notes: [noteOf(key, mark)] };
    const disabled = new DisabledKeys(source);
    const { revision, keys } = await disabled.next('', patient());
    expect(keys).toEqual([{ ...key, mark }]);
    const waiting = disabled.next(revision, patient());
    disabled.announce();
    source.notes = [];
    disabled.announce();
    const empty = await waiting;
    expect(empty.keys).toEqual([]);
    expect(await disabled.next(empty.revision, AbortSignal.timeout(20))).toEqual(empty);
    const last = disabled.next(empty.revision, patient());
    disabled.close();
    expect(await last).toEqual(empty);
    expect(await disabled.next(empty.revision, patient())).toEqual(empty);
  });
});
