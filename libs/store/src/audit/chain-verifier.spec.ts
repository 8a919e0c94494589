import fc from 'fast-check';
import type { AuditProblem } from './audit-log.js';
import { noPreviousHash, recordHash, sealGenesisRecord, sealRecord, type SealedRecord } from './audit-chain.js';
import { ChainVerifier } from './chain-verifier.js';
import type { StoredAuditRecord } from './stored-audit-record.js';

const time = '2026-03-02T09:15:30.250Z';

function stored({ record, text, personal }: SealedRecord): StoredAuditRecord {
  const { writer, sequence, user = null, recording = null, hash } = record;
  return { writer, sequence, time: record.time, user, recording, text, personal, hash };
}

/** A sound chain: the genesis record and `length` more. */
function chain(writer: string, length: number): StoredAuditRecord[] {
  const sealed = [sealGenesisRecord(writer, time)];
  for (let number = 1; number <= length; number += 1) {
    const entry = { event: 'playback', outcome: 'allowed', user: `user-${number}`, recording: 'r' } as const;
    sealed.push(sealRecord(writer, sealed[number - 1]!.record, entry, time));
  }
  return sealed.map(stored);
}

function verify(records: readonly StoredAuditRecord[]): ReturnType<ChainVerifier['result']> {
  const verifier = new ChainVerifier();
  for (const record of records) verifier.accept(record);
  return verifier.result();
}

function problemsOf(records: readonly StoredAuditRecord[]): Pick<AuditProblem, 'sequence' | 'kind'>[] {
  return verify(records).problems.map(({ sequence, kind }) => ({ sequence, kind }));
}

function changed(records: readonly StoredAuditRecord[], at: number, change: Partial<StoredAuditRecord>) {
  return records.map((record, index) => (index === at ? { ...record, ...change } : record));
}

describe(ChainVerifier.name, () => {
  const sound = chain('gateway-1', 8);

  it('finds nothing wrong with sound chains', () => {
    expect(verify([])).toEqual({ records: 0, writers: 0, problems: [], problemCount: 0 });
    expect(verify([...sound, ...chain('vault-1', 3)])).toEqual({
      records: 13,
      writers: 2,
      problems: [],
      problemCount: 0,
    });
  });

  it('names the writer of a problem', () => {
    const vault = changed(chain('vault-1', 3), 2, { hash: 'f'.repeat(64) });
    expect(verify([...sound, ...vault]).problems).toMatchObject([{ writer: 'vault-1', sequence: 2 }]);
  });

  it('finds a record whose content was changed', () => {
    const text = sound[3]!.text.replace('allowed', 'refused');
    expect(problemsOf(changed(sound, 3, { text }))).toEqual([{ sequence: 3, kind: 'hash-mismatch' }]);
  });

  it('finds a record that was changed together with its hash', () => {
    const text = sound[3]!.text.replace('allowed', 'refused');
    const hash = recordHash(sound[2]!.hash, text);
    expect(problemsOf(changed(sound, 3, { text, hash }))).toEqual([{ sequence: 4, kind: 'broken-link' }]);
  });

  it('finds missing records and says how many', () => {
    expect(problemsOf(sound.filter(({ sequence }) => sequence !== 3))).toEqual([{ sequence: 3, kind: 'missing' }]);
    const { problems } = verify(sound.filter(({ sequence }) => sequence < 3 || sequence > 5));
    expect(problems).toMatchObject([{ sequence: 3, kind: 'missing', detail: '3 records are missing, up to 5' }]);
  });

  it('finds a chain cut off at its start', () => {
    expect(problemsOf(sound.slice(2))).toEqual([{ sequence: 0, kind: 'missing' }]);
  });

  it('finds a chain that starts in the middle of another', () => {
    const forged = sealRecord(
      'gateway-1',
      { sequence: -1, hash: 'e'.repeat(64) },
      { event: 'x', outcome: 'done' },
      time,
    );
    expect(problemsOf([stored(forged)])).toEqual([{ sequence: 0, kind: 'broken-link' }]);
    expect(noPreviousHash).toHaveLength(64);
  });

  it('finds records that were exchanged', () => {
    const exchanged = [...sound];
    exchanged[3] = { ...sound[4]!, sequence: 3 };
    exchanged[4] = { ...sound[3]!, sequence: 4 };
    expect(problemsOf(exchanged)).toEqual([
      { sequence: 3, kind: 'misplaced' },
      { sequence: 4, kind: 'misplaced' },
    ]);
  });

  it('finds a record moved from the chain of another writer', () => {
    const vault = chain('vault-1', 2);
    expect(problemsOf([...vault, { ...sound[3]!, writer: 'vault-1' }])).toEqual([{ sequence: 3, kind: 'misplaced' }]);
  });

  it.each([
    ['no JSON', { text: 'playback' }],
    ['no object', { text: '[1]' }],
    ['not canonical', { text: sound[3]!.text.replace(',', ', ') }],
    ['without a time', { text: sound[3]!.text.replace(`"time":"${time}",`, '') }],
    ['with a sequence that is a text', { text: sound[3]!.text.replace('"sequence":3', '"sequence":"3"') }],
    ['with half a hash', { hash: sound[3]!.hash.slice(32) }],
    ['with a hash that is null', { hash: null as unknown as string }],
    ['with a text that is null', { text: null as unknown as string }],
  ])('tells a record that is malformed (%s) from one that does not match its hash', (_fault, change) => {
    expect(problemsOf(changed(sound, 3, change))).toEqual([{ sequence: 3, kind: 'malformed' }]);
  });

  it.each([{ user: 'somebody else' }, { recording: null }, { time: '2020-01-01T00:00:00.000Z' }])(
    'finds a record hidden from searches by %j',
    change => {
      expect(problemsOf(changed(sound, 3, change))).toEqual([{ sequence: 3, kind: 'index-mismatch' }]);
    },
  );

  it('keeps a bounded number of problems and counts all', () => {
    const spoiled = chain('gateway-1', 1200).map(record => ({ ...record, hash: '0'.repeat(64) }));
    const { problems, problemCount } = verify(spoiled);
    expect(problems).toHaveLength(1000);
    expect(problemCount).toBe(1201);
  });

  it('finds any single changed character of text or hash', () => {
    fc.assert(
      fc.property(
        fc.nat(sound.length - 1),
        fc.constantFrom('text' as const, 'hash' as const),
        fc.nat(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        (at, field, position, character) => {
          const value = sound[at]![field];
          const index = position % value.length;
          fc.pre(value.charAt(index) !== character);
          const spoiled = value.slice(0, index) + character + value.slice(index + 1);
          const [problem] = problemsOf(changed(sound, at, { [field]: spoiled }));
          expect(problem?.sequence).toBe(at);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds any removal that leaves a later record of the chain', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 2), fc.nat(3), (from, more) => {
        const to = Math.min(from + more, sound.length - 2);
        const left = sound.filter(({ sequence }) => sequence < from || sequence > to);
        expect(problemsOf(left)).toEqual([{ sequence: from, kind: 'missing' }]);
      }),
    );
  });
});
