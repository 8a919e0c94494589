import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { KeyUseEntry } from '#contracts';
import { VaultJournal } from '../../apps/key-vault/src/journal/vault-journal.js';
import { interleaved } from './statistics.js';

/*
 * Durable records a second of the vault's journal of key uses: each is on the disk before its operation begins.
 *
 *   npm run bench -- journal [--callers 64] [--json]
 */

/** As many uses of keys as a vault on two cores must be able to record. */
const barPerSecond = 1500;
const roundMs = 3000;
const pairs = 5;
/** What the default configuration waits for the disk. */
const deadlineMs = 5000;

const entry: KeyUseEntry = {
  event: 'key-use',
  operation: 'unwrap',
  requestId: 'b2f0d0b2-6d0c-4c39-9c11-51a1d2a4a2f7',
  caller: 'decrypt-worker',
  callerCertificate: 'AB:'.repeat(32).slice(0, -1),
  keys: [{ purpose: 'RECORDING', contactCenter: 'cc-1', alias: 'recording-2026', keyIdentifier: 'ab'.repeat(20) }],
};

/** The journal as a vault has it, for so many calls at a time. */
async function recordsPerSecond(work: string, callers: number): Promise<number> {
  const directory = mkdtempSync(join(work, 'journal-'));
  const journal = await VaultJournal.open({ file: join(directory, 'journal.jsonl'), deadlineMs }, 'bench', 'journal');
  let count = 0;
  const started = performance.now();
  const call = async (): Promise<void> => {
    while (performance.now() - started < roundMs) {
      await journal.append(entry);
      count++;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - started) / 1000;
  await journal.close();
  rmSync(directory, { recursive: true });
  return Math.round(count / seconds);
}

/** What the disk does for a writer that syncs after every line. */
function syncsPerSecond(work: string): Promise<number> {
  const directory = mkdtempSync(join(work, 'syncs-'));
  const file = openSync(join(directory, 'lines'), 'a');
  const line = `${JSON.stringify(entry)}\n`;
  let count = 0;
  const started = performance.now();
  for (; performance.now() - started < roundMs; count++) {
    writeSync(file, line);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - started) / 1000;
  closeSync(file);
  rmSync(directory, { recursive: true });
  return Promise.resolve(Math.round(count / seconds));
}

/** The disk is that of the repository: `/tmp` may be memory, which syncs nothing. */
async function main(): Promise<void> {
  const options = { json: { type: 'boolean', default: false }, callers: { type: 'string', default: '64' } } as const;
  const { values } = parseArgs({ options });
  const work = join(process.cwd(), '.cache');
  mkdirSync(work, { recursive: true });
  const result = await interleaved(
    pairs,
    () => recordsPerSecond(work, Number(values.callers)),
    () => syncsPerSecond(work),
  );
  const met = result.ours >= barPerSecond;
  const text = values.json
    ? JSON.stringify({ bench: 'journal', callers: Number(values.callers), ...result, barPerSecond, met })
    : `${result.ours} durable records/s, ${result.yardstick} syncs/s of the disk alone: ratio ${result.ratio.toFixed(2)}`;
  process.stdout.write(`${text}\n`);
  if (!met) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`bench journal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
