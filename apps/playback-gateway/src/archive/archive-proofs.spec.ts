import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { recordingProofsSchema, type ManifestMember } from '#archive';
import type { AuditQuery, AuditRecord } from '#store';
import { ArchiveContents } from './archive-contents.js';
import { ArchiveProofs } from './archive-proofs.js';

jest.mock('#grants', () => ({
  unprovedCheckpoint: (note: string) => ({ content: { number: Number(note) } }),
}));

type Fields = Partial<AuditRecord> & Pick<AuditRecord, 'sequence' | 'event'>;
const recordOf = (fields: Fields): AuditRecord =>
  ({
    writer: 'gateway',
    time: 't',
    outcome: 'allowed',
    contactCenter: 'cc-1',
    recording: 'R1',
    ...fields,
  }) as AuditRecord;
const archived = recordOf({ sequence: 900, event: 'archived' });

/** The members about R1 of an archive, where the audit has these records of it. */
async function membersOf(records: readonly AuditRecord[]) {
  const asked: AuditQuery[] = [];
  const audit = {
    async *query(query: AuditQuery) {
      asked.push(query);
      for (const record of records.slice(0, query.limit)) yield await Promise.resolve(record);
    },
    prove: (_: string, sequence: number, size: number) => {
      const record = [...records, archived].find(one => one.sequence === sequence);
      return Promise.resolve(record && { record, size, path: [] });
    },
  };
  const checkpoints = { coveringCheckpoint: () => Promise.resolve({ note: '17', size: 1000 }) };
  const contents = new ArchiveContents();
  const about: Omit<ManifestMember, 'path'> = { length: 1, sha256: '0'.repeat(64), recording: 'R1' };
  contents.members.push(
    { ...about, path: 'cc-1/t/day/R1/a.bin', mediaFile: 'a', audit: { writer: 'gateway', sequence: 900 } },
    { ...about, path: 'cc-1/t/day/R1/recording.json' },
  );
  const members = new Map<string, string>();
  for await (const { name, content } of new ArchiveProofs(audit, checkpoints).membersOf(contents, 'cc-1'))
    members.set(name, (await buffer(Readable.from(content()))).toString());
  const [document] = members.values();
  const { proofs } = recordingProofsSchema.parse(JSON.parse(document ?? ''));
  return { names: [...members.keys()], sequences: proofs.map(({ record }) => record.sequence), contents, asked };
}

describe(ArchiveProofs.name, () => {
  it('proves insertions, and what went into the archive, and nothing that says who listened', async () => {
    const records = [
      recordOf({ sequence: 1, event: 'recording-inserted', outcome: 'refused' }),
      recordOf({ sequence: 2, event: 'recording-inserted' }),
      recordOf({ sequence: 3, event: 'playback', user: 'bob' }),
    ];
    const { names, sequences, contents, asked } = await membersOf(records);
    expect(names).toEqual(['cc-1/t/day/R1/audit-proofs.json', 'audit-checkpoints/17.txt']);
    expect([sequences, contents.proofs]).toEqual([[2, 900], 2]);
    expect(asked).toEqual([{ recording: 'R1', contactCenter: 'cc-1', limit: 64 }]);
    expect(contents.members.slice(-2).map(({ path, recording }) => [path, recording])).toEqual(
      names.map(name => [name, undefined]),
    );
  });

  it('takes the first of insertions that have no end, and nothing of another contact center', async () => {
    const many = Array.from({ length: 100 }, (_, sequence) => recordOf({ sequence, event: 'recording-inserted' }));
    expect((await membersOf(many)).sequences).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 900]);
    const strange = recordOf({ sequence: 5, event: 'recording-inserted', contactCenter: 'cc-2' });
    expect((await membersOf([strange])).sequences).toEqual([900]);
  });
});
