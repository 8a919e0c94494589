import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgottenLine, ledgerLine, type LedgerEntry } from '#store';
import { isErased, removedSince } from './removed-since.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-removed-since-'));
const file = join(work, 'removal-ledger.jsonl');
afterAll(() => rmSync(work, { recursive: true, force: true }));

const sha256 = '0'.repeat(64);
const member = (recording: string, mediaFile?: string) => ({
  path: `${recording}/${mediaFile ?? 'recording.json'}`,
  length: 1,
  sha256,
  recording,
  ...(mediaFile === undefined ? {} : { mediaFile }),
});
const manifest = {
  contactCenter: 'cc-1',
  members: [member('a', '1'), member('a'), member('b', '1'), member('b', '2'), member('b'), member('c')],
};
const time = '2026-11-28T08:00:00.000Z';

/** What the ledger says of the archive. */
function inLedger(...entries: readonly Partial<LedgerEntry>[]) {
  const whole = entries.map((entry, index) =>
    ledgerLine({ number: index + 1, recordingId: 'a', contactCenter: 'cc-1', kind: 'erased', time, ...entry }),
  );
  const forgotten = forgottenLine({ number: 1, writer: 'gateway-1', sequence: 7, hash: sha256, fields: 'user' });
  writeFileSync(file, [forgotten, ...whole].join(''));
  return removedSince(manifest, file);
}

describe(removedSince.name, () => {
  it('names recordings, and media files, that were removed since', async () => {
    const found = await inLedger(
      {},
      { recordingId: 'b', mediaId: '2', kind: 'deleted' },
      { recordingId: 'c', kind: 'expired' },
    );
    expect(found).toEqual([
      { recordingId: 'a', kind: 'erased', time },
      { recordingId: 'b', mediaId: '2', kind: 'deleted', time },
      { recordingId: 'c', kind: 'expired', time },
    ]);
    expect(found.map(isErased)).toEqual([true, false, false]);
  });

  it('says nothing of recordings of others, nor of media files that are not in it', async () => {
    const others = [{ recordingId: 'd' }, { contactCenter: 'cc-2' }, { mediaId: '2' }];
    expect(await inLedger(...others)).toEqual([]);
  });

  it('refuses a file that is no ledger', async () => {
    writeFileSync(file, 'something else\n');
    await expect(removedSince(manifest, file)).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
  });
});
