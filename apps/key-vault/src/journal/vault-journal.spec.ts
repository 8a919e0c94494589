import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  emptyJournal,
  readJournalLine,
  sealedJournals,
  type JournalPosition,
  type JournalRecord,
  type KeyUseEntry,
} from '#contracts';
import { VaultJournal, type JournalSettings } from './vault-journal.js';

jest.setTimeout(60_000);

const entry = (requestId: string): KeyUseEntry => ({
  event: 'key-use',
  operation: 'unwrap',
  requestId,
  caller: 'decrypt-worker',
  callerCertificate: 'AA:BB',
  keys: [{ purpose: 'RECORDING', contactCenter: 'cc', alias: 'ü', keyIdentifier: '00' }],
});

describe(VaultJournal.name, () => {
  let directory: string;
  let path: string;
  const journals: VaultJournal[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-journal-'));
    path = join(directory, 'journal.jsonl');
  });
  afterEach(async () => {
    await Promise.all(journals.splice(0).map(journal => journal.close()));
    rmSync(directory, { recursive: true });
  });

  async function open(settings: Partial<JournalSettings> = {}): Promise<VaultJournal> {
    const journal = await VaultJournal.open({ file: path, deadlineMs: 20_000, ...settings }, 'vault-1', 'the.option');
    journals.push(journal);
    return journal;
  }

  async function append(...ids: readonly string[]): Promise<number[]> {
    const journal = await open();
    const sequences = await Promise.all(ids.map(id => journal.append(entry(id))));
    await journal.close();
    return sequences;
  }

  /** Every record of every file, proved to follow the one before. */
  function records(): JournalRecord[] {
    let position: JournalPosition = emptyJournal;
    return [...sealedJournals(path), path].flatMap(file => {
      const lines = readFileSync(file, 'utf8').split('\n');
      expect(lines.pop()).toBe('');
      return lines.map(line => {
        const record = readJournalLine(line, position);
        position = record;
        return record;
      });
    });
  }

  const requestIds = (): string[] => records().flatMap(one => (one.event === 'key-use' ? [one.requestId] : []));
  const tornLines = () => records().flatMap(one => (one.event === 'journal-opened' ? [one.tornLine] : []));

  it('adds lines in the order in which they came, also when they come at once, for its owner alone', async () => {
    expect(await append('a', 'b', 'c')).toEqual([1, 2, 3]);
    expect(requestIds()).toEqual(['a', 'b', 'c']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is on the disk when it resolves', async () => {
    const journal = await open();
    await journal.append(entry('a'));
    expect(requestIds()).toEqual(['a']);
  });

  it('goes on where the last process ended', async () => {
    await append('a');
    expect(await append('b', 'c')).toEqual([3, 4]);
    expect(requestIds()).toEqual(['a', 'b', 'c']);
    expect(tornLines()).toEqual([undefined, undefined]);
  });

  it.each([
    ['a short one', '{"sequence":2,"time":"2026-'],
    ['one that is longer than what replaces it', `{"sequence":2,"detail":"${'x'.repeat(200_000)}`],
  ])('keeps a line that was being written when the process died as evidence: %s', async (_, torn) => {
    await append('a', 'b');
    appendFileSync(path, torn);
    await append('c');
    expect(requestIds()).toEqual(['a', 'b', 'c']);
    const [, kept] = tornLines();
    expect(kept?.bytes).toBe(torn.length);
    expect(torn.startsWith(Buffer.from(kept?.beginning ?? '', 'base64').toString())).toBe(true);
  });

  it('keeps a first line that was never finished', async () => {
    writeFileSync(path, '{"sequ');
    await append('a');
    expect(requestIds()).toEqual(['a']);
    expect(tornLines()[0]?.bytes).toBe(6);
  });

  it('seals a file that is full and begins another, with one chain through all', async () => {
    const rotation = { maximumFileBytes: 2000, keptFiles: 100 };
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    for (const part of [ids.slice(0, 20), ids.slice(20)]) {
      const journal = await open({ rotation });
      for (const id of part) await journal.append(entry(id));
      await journal.close();
    }
    expect(sealedJournals(path).length).toBeGreaterThan(3);
    for (const file of sealedJournals(path))
      expect(readFileSync(file, 'utf8').trimEnd()).toMatch(/journal-sealed[^\n]*$/);
    expect(requestIds()).toEqual(ids);
  });

  it('removes full files beyond those to be kept, and says so', async () => {
    const journal = await open({ rotation: { maximumFileBytes: 1024, keptFiles: 2 } });
    for (let index = 0; index < 20; index++) await journal.append(entry(String(index)));
    await journal.close();
    expect(sealedJournals(path)).toHaveLength(2);
    const last =
      readFileSync(sealedJournals(path)[1] ?? '', 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1) ?? '';
    expect((JSON.parse(last) as { removed: string[] }).removed).toHaveLength(1);
  });

  it.each(['before the sealed file got its name', 'before the next file was begun'])(
    'goes on when the process died %s',
    async moment => {
      const rotation = { maximumFileBytes: 1024, keptFiles: 100 };
      const journal = await open({ rotation });
      while (sealedJournals(path).length === 0) await journal.append(entry('a'));
      await journal.close();
      const [sealed = ''] = sealedJournals(path);
      rmSync(path);
      if (moment.startsWith('before the sealed')) renameSync(sealed, path);
      const before = sealed === '' ? 0 : readdirSync(directory).length;
      expect(before).toBe(1);
      await (await open({ rotation })).append(entry('last'));
      expect(requestIds().at(-1)).toBe('last');
    },
  );

  it.each(['no journal\n', '{"sequence":0}\n', '[]\n', '{"sequence":0,"previousHash":"00"}\n'])(
    'does not start after %j',
    async content => {
      writeFileSync(path, content);
      await expect(open()).rejects.toThrow(/option the\.option: .*journal/);
    },
  );

  it('does not start where it cannot write', async () => {
    writeFileSync(path, '');
    await expect(open({ file: join(path, 'journal') })).rejects.toThrow(/ENOTDIR|EEXIST/);
    await expect(open({ file: directory })).rejects.toThrow(/the\.option/);
  });

  it.each<readonly [string, () => void]>([
    ['somebody else writes it', () => appendFileSync(path, 'x')],
    ['it was moved away', () => renameSync(path, `${path}.old`)],
    [
      'it was replaced',
      () => {
        renameSync(path, `${path}.old`);
        writeFileSync(path, '');
      },
    ],
    ['it was cut', () => writeFileSync(path, '')],
  ])('refuses when %s, so that nothing is opened', async (_, tamper) => {
    const journal = await open();
    await journal.append(entry('a'));
    tamper();
    await expect(journal.append(entry('b'))).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
    expect(journal.state.failures).toBe(1);
  });

  it('says why it cannot be written until it can, which it finds out by itself', async () => {
    const journal = await open();
    await journal.append(entry('a'));
    const { size } = statSync(path);
    appendFileSync(path, 'x');
    await expect(journal.append(entry('b'))).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
    expect(journal.state.failure).toContain('somebody else');
    truncateSync(path, size);
    while (journal.state.failure !== undefined) await setTimeout(20);
    expect(statSync(path).size).toBe(size);
    await journal.append(entry('c'));
    expect(requestIds()).toEqual(['a', 'c']);
  });

  it('refuses what comes after its end', async () => {
    const journal = await open();
    await journal.close();
    await expect(journal.append(entry('late'))).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
  });

  it('does not start on a disk that is full', async () => {
    await expect(open({ file: '/dev/full' })).rejects.toThrow(/ENOSPC/);
  });
});
