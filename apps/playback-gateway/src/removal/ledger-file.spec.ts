import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerEntry } from '#store';
import { LedgerFile } from './ledger-file.js';
import { ledgerLine } from '#store';

const time = '2026-11-28T08:00:00.000Z';
const entries: readonly LedgerEntry[] = [
  { number: 1, recordingId: 'r-1', contactCenter: 'cc-1', kind: 'deleted', time },
  { number: 2, recordingId: 'r-2', mediaId: 'call é\n.mp3', contactCenter: 'cc-2', kind: 'erased', time },
  { number: 9, recordingId: 'r-2', contactCenter: 'cc-2', kind: 'expired', time },
];

describe(LedgerFile.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-ledger-'));
  const path = join(work, 'ledger.jsonl');
  afterEach(() => rmSync(path, { force: true }));
  afterAll(() => rmSync(work, { recursive: true }));

  async function read(): Promise<LedgerEntry[]> {
    const file = await LedgerFile.open(path);
    try {
      const found: LedgerEntry[] = [];
      for await (const entry of file.entries()) found.push(entry);
      return found;
    } finally {
      await file.close();
    }
  }

  it('gives back what was written, in its order, and is its owner alone to read', async () => {
    expect(await read()).toEqual([]);
    const file = await LedgerFile.open(path);
    await file.append(entries.slice(0, 2));
    await file.append([]);
    await file.append(entries.slice(2));
    await file.close();
    expect(await read()).toEqual(entries);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('loses nothing but what a killed process had not finished, wherever that was, and goes on behind it', async () => {
    const whole = Buffer.from(entries.map(ledgerLine).join(''));
    for (let bytes = 0; bytes <= whole.length; bytes++) {
      writeFileSync(path, whole.subarray(0, bytes));
      const lines = whole.subarray(0, bytes).toString('latin1').split('\n').length - 1;
      expect(await read()).toEqual(entries.slice(0, lines));
      const file = await LedgerFile.open(path);
      await file.append(entries.slice(lines));
      await file.close();
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it.each([
    ['an empty line', ''],
    ['text', 'nothing'],
    ['another kind', JSON.stringify({ number: 1, recording: 'r', contactCenter: 'c', kind: 'kept', time })],
    ['no recording', JSON.stringify({ number: 1, contactCenter: 'c', kind: 'erased', time })],
    [
      'a field that nobody knows',
      JSON.stringify({ number: 1, recording: 'r', contactCenter: 'c', kind: 'erased', time, x: 1 }),
    ],
  ])('is not taken with %s in it', async (_what, line) => {
    writeFileSync(path, `${ledgerLine(entries[0]!)}${line}\n${ledgerLine(entries[2]!)}`);
    await expect(read()).rejects.toThrow(/removal\.ledgerFile: line 2 of .*ledger\.jsonl is no removal; bring back/);
  });

  it('keeps what the audit has forgotten beside the removals, each in its order', async () => {
    const hash = 'ab'.repeat(32);
    const forgotten = [1, 2].map(number => ({ number, writer: 'gateway-1', sequence: number, hash, fields: 'user' }));
    const file = await LedgerFile.open(path);
    await file.append(entries.slice(0, 1));
    await file.appendForgotten(forgotten);
    await file.append(entries.slice(1));
    await file.close();
    expect(await read()).toEqual(entries);
    const opened = await LedgerFile.open(path);
    const items: unknown[] = [];
    for await (const item of opened.items()) if ('forgotten' in item) items.push(item.forgotten);
    await opened.close();
    expect(items).toEqual(forgotten);
  });

  it('says which option names a place that cannot be written', async () => {
    await expect(LedgerFile.open(join(work, 'no', 'directory'))).rejects.toThrow(
      /option removal\.ledgerFile: cannot write/,
    );
  });
});
