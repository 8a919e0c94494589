import { emptyJournal, journalLine, readJournalLine, type JournalPosition } from './journal-chain.js';
import type { OperatorJournalEntry } from './journal-entries.js';

const entry: OperatorJournalEntry = {
  event: 'operator-unwrap',
  outcome: 'allowed',
  operator: 'CN=jane',
  file: 'call.bin',
  requestId: 'request-1',
};

function journal(length: number): string[] {
  const lines: string[] = [];
  let position: JournalPosition = emptyJournal;
  for (let number = 0; number < length; number++) {
    const line = journalLine(position, { ...entry, requestId: `request-${number}` }, new Date(number));
    lines.push(line.text);
    position = line;
  }
  return lines;
}

function read(lines: readonly string[]): void {
  let position: JournalPosition = emptyJournal;
  for (const line of lines) position = readJournalLine(line, position);
}

describe('the journal of a vault', () => {
  it('is read as it was written', () => {
    const lines = journal(3);
    expect(() => read(lines)).not.toThrow();
    expect(readJournalLine(lines[0]!, emptyJournal)).toMatchObject({ ...entry, sequence: 0, requestId: 'request-0' });
  });

  it('is read in any order of the members', () => {
    const [line = ''] = journal(1);
    const turned = Object.fromEntries(Object.entries(JSON.parse(line) as object).reverse());
    expect(() => read([JSON.stringify(turned)])).not.toThrow();
  });

  it.each<readonly [string, (lines: string[]) => string[], string]>([
    ['a changed line', lines => lines.with(1, lines[1]!.replace('CN=jane', 'CN=joe')), 'was changed'],
    ['a changed time', lines => lines.with(1, lines[1]!.replace('1970', '1971')), 'was changed'],
    ['a removed line', lines => lines.toSpliced(1, 1), 'follows'],
    ['a removed beginning', lines => lines.slice(1), 'follows'],
    ['lines that changed places', lines => [lines[0]!, lines[2]!, lines[1]!], 'follows'],
    ['a line that was written twice', lines => [...lines, lines[2]!], 'follows'],
    ['a line of another journal', lines => lines.with(2, otherLine()), 'not the one it followed'],
    ['an added member', lines => lines.with(1, lines[1]!.replace('{', '{"note":"x",')), 'no record'],
    ['what is no JSON', lines => [...lines, '{'], 'no record'],
    ['an empty line', lines => [...lines, ''], 'no record'],
  ])('shows %s', (_, change, why) => {
    expect(() => read(change(journal(3)))).toThrow(why);
  });

  function otherLine(): string {
    const [first, second] = [journalLine(emptyJournal, entry, new Date(7)), new Date(7)];
    return journalLine(journalLine(first, entry, second), entry, second).text;
  }
});
