import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCluster } from '../support/cluster/running-cluster.js';
import { memoryOf, type ClusterMemory } from './held-memory.js';
import { median } from './statistics.js';

const idleMs = 60_000;
const bars = { residentMiB: 420, proportionalMiB: 250 };

/** What a cluster holds in memory that was started a minute ago and has nothing to do; several starts, because they differ. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '3' } },
  });
  const rounds: ClusterMemory[] = [];
  for (let round = 0; round < Number(values.rounds); round++) rounds.push(await memoryOfOneStart());
  const middle = (of: (held: ClusterMemory) => number): number => median(rounds.map(of));
  const resident = middle(held => held.residentMiB);
  const proportional = middle(held => held.proportionalMiB);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'idle', resident, proportional, bars, rounds })}\n`);
    return;
  }
  const shown = ({ program, residentMiB, proportionalMiB }: ClusterMemory['processes'][number]): string =>
    `${program} ${residentMiB.toFixed(0)} ${proportionalMiB.toFixed(0)}`;
  process.stdout.write(
    [
      ...rounds.map(
        ({ residentMiB, proportionalMiB, processes }) =>
          `${residentMiB} MiB resident, ${proportionalMiB} proportional: ${processes.map(shown).join(', ')}`,
      ),
      `median: ${resident} MiB resident (bar ${bars.residentMiB}), ${proportional} proportional (bar ${bars.proportionalMiB})`,
      `with the process of the token: ${middle(held => held.withToken.residentMiB)} and ${middle(held => held.withToken.proportionalMiB)}`,
      '',
    ].join('\n'),
  );
}

async function memoryOfOneStart(): Promise<ClusterMemory> {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-'));
  const cluster = await startCluster(process.cwd(), join(directory, 'data'), { RCS_LOGGING__LEVEL: 'warn' });
  try {
    await setTimeout(idleMs);
    return memoryOf(cluster.ready);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench idle: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
