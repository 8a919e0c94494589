import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqliteStore, type AuditEntry } from '#store';
import { interleaved } from './statistics.js';

/** Durable records a second that a gateway must reach. */
const barPerSecond = 1500;
const connections = 64;
const roundMs = 3000;
const pairs = 5;

const bare: AuditEntry = {
  event: 'playback',
  outcome: 'allowed',
  contactCenter: 'cc-1',
  certificateAlias: 'recording-2026',
  envelopeDigest: 'ab'.repeat(32),
  contentProof: 'proved',
  range: 'bytes=0-',
  recording: '01F2A8',
  mediaFile: 'call.mp3',
  requestId: 'b2f0d0b2',
};
const personal: AuditEntry = {
  ...bare,
  user: 'anthony',
  address: '192.0.2.7',
  detail: 'first range',
};

/** Durable appends to a new log, as many at once as playbacks would bring, per second. */
async function appendsPerSecond(entry: AuditEntry, work: string): Promise<number> {
  const directory = mkdtempSync(join(work, 'audit-'));
  const store = await openSqliteStore({ directory, auditWriter: 'bench' });
  let count = 0;
  const started = Date.now();
  const append = async (): Promise<void> => {
    while (Date.now() - started < roundMs) {
      await store.audit.append(entry);
      count++;
    }
  };
  await Promise.all(Array.from({ length: connections }, append));
  const seconds = (Date.now() - started) / 1000;
  await store.close();
  rmSync(directory, { recursive: true });
  return Math.round(count / seconds);
}

/**
 * Both kinds side by side, the ratio to be looked at: personal fields cost salts, commitments, more text and the index of
 * users. The disk is that of the repository: `/tmp` may be memory, which syncs nothing.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const work = join(process.cwd(), '.cache');
  mkdirSync(work, { recursive: true });
  const result = await interleaved(
    pairs,
    () => appendsPerSecond(personal, work),
    () => appendsPerSecond(bare, work),
  );
  const met = result.ours >= barPerSecond;
  const text = values.json
    ? JSON.stringify({ ...result, barPerSecond, met })
    : `${result.ours} durable records/s with personal fields, ${result.yardstick} without: ratio ${result.ratio.toFixed(2)}`;
  process.stdout.write(`${text}\n`);
  if (!met) process.exitCode = 1;
}

void main();
