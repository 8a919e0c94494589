import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyJournal, readJournalLine, type JournalPosition, type OperatorJournalEntry } from '#contracts';
import { OperatorJournalFile } from './operator-journal-file.js';

const entry = (requestId: string): OperatorJournalEntry => ({
  event: 'operator-unwrap',
  outcome: 'allowed',
  requestId,
});

describe(OperatorJournalFile.name, () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-journal-'));
    path = join(directory, 'journal.jsonl');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Every line, proved to follow the one before. */
  function requestIds(): string[] {
    let position: JournalPosition = emptyJournal;
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    return lines.map(line => {
      const record = readJournalLine(line, position);
      position = record;
      return record.requestId;
    });
  }

  async function append(...ids: readonly string[]): Promise<void> {
    const journal = await OperatorJournalFile.open(path);
    await Promise.all(ids.map(id => journal.append(entry(id))));
    await journal.close();
  }

  it('adds lines in the order in which they came, also when they come at once, for its owner alone', async () => {
    await append('a', 'b', 'c');
    expect(requestIds()).toEqual(['a', 'b', 'c']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on where the last process ended', async () => {
    await append('a');
    await append('b', 'c');
    expect(requestIds()).toEqual(['a', 'b', 'c']);
  });

  it('takes away a line that was being written when the process died', async () => {
    await append('a', 'b');
    appendFileSync(path, '{"sequence":2,"time":"2026-');
    await append('c');
    expect(requestIds()).toEqual(['a', 'b', 'c']);
  });

  it('takes away a first line that was never finished', async () => {
    writeFileSync(path, '{"sequ');
    await append('a');
    expect(requestIds()).toEqual(['a']);
  });

  it.each(['no journal\n', '{"sequence":0}\n', '[]\n', '{"sequence":0,"previousHash":"00"}\n'])(
    'does not start after %j',
    async content => {
      writeFileSync(path, content);
      await expect(OperatorJournalFile.open(path)).rejects.toThrow(/allowOperatorUnwrap\.journalFile/);
    },
  );

  it('does not start where it cannot write', async () => {
    await expect(OperatorJournalFile.open(join(directory, 'missing/journal'))).rejects.toThrow(/ENOENT/);
    await expect(OperatorJournalFile.open(directory)).rejects.toThrow(/journalFile/);
  });

  it('refuses what cannot be written, so that nothing is opened', async () => {
    const journal = await OperatorJournalFile.open(path);
    await journal.close();
    await expect(journal.append(entry('late'))).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
  });
});
