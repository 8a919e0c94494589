import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Recording, RecordingSearch, Store } from '#store';
import { benchedStores, type BenchedStore } from './store/benched-stores.js';

const defaultRecordings = 20_000;
const rounds = 2000;
const pages = 200;
const insertionsAtOnce = 64;
/** What is inserted one by one, to say how many there are in a second; the others are filled in. */
const timedInsertions = 5000;
const filledAtOnce = 10_000;
const contactCenter = 'cc-1';
const start = Date.parse('2026-01-01T00:00:00Z');
const window = { towards: 'older', limit: 100, examine: 5000 } as const;

function recording(number: number): Recording {
  return {
    id: `recording-${number}`,
    contactCenter,
    region: 'default',
    callerPhoneNumber: `+49 30 ${String((number * 7919) % 100_000).padStart(6, '0')}`,
    dialedPhoneNumber: String(5000 + (number % 50)),
    startTime: new Date(start + number * 1000).toISOString().replace('Z', '+0000'),
    mediaFiles: [
      {
        mediaId: `${number}.mp3`,
        leaf: `${number}.mp3`,
        type: 'audio/mp3',
        mediaDescriptor: { storage: 'webDAV', path: `${number}.mp3` },
        parameters: { agentId: `agent-${number % 500}`, GRECORD_PARTITIONS: `/sales/${number % 20}` },
      },
    ],
  };
}

/** What is timed, one after the other: `number` picks another recording each time. */
function operations(store: Store, recordings: number): Readonly<Record<string, (number: number) => Promise<unknown>>> {
  const find = (search: Partial<RecordingSearch>) =>
    store.recordingSearch.search({ contactCenter, region: 'default', ...search }, window);
  return {
    'reads of a playback': async number => {
      const { id, mediaFiles } = recording((number * 7907) % recordings);
      await store.users.find({ name: 'anthony' });
      await store.recordings.find(id);
      await store.contactCenters.find(contactCenter);
      await store.recordings.findPin(id, mediaFiles[0]?.mediaId ?? '');
    },
    'audit append': number =>
      store.audit.append({ event: 'playback', outcome: 'allowed', contactCenter, recording: `recording-${number}` }),
    'page by time': number => find({ startedBefore: start + ((number * 7907) % recordings) * 1000 }),
    'page by number': number =>
      find({ callerPhoneNumber: recording((number * 7907) % recordings).callerPhoneNumber ?? '' }),
    'page of an agent': number => find({ owners: [`agent:agent-${number % 500}`] }),
    'page of an agent by time': number =>
      find({
        owners: [`agent:agent-${number % 500}`],
        startedBefore: start + ((number * 7907) % recordings) * 1000,
      }),
    'page of a pattern that fits nothing': () => find({ callerPhoneNumber: '*x' }),
  };
}

/** @returns insertions by the store itself in a second */
async function fill({ store, fill: fillIn }: BenchedStore, recordings: number): Promise<number> {
  await store.contactCenters.put({ id: contactCenter, name: 'Contact center' });
  await store.users.put({
    ...{ name: 'anthony', enabled: true, contactCenter, roles: ['admin'], privileges: [] },
    ...{ accessGroups: [], partitions: [] },
  });
  const filled = Math.max(0, recordings - timedInsertions);
  for (let first = 0; first < filled; first += filledAtOnce) {
    const count = Math.min(filledAtOnce, filled - first);
    await fillIn(Array.from({ length: count }, (_, index) => recording(first + index)));
  }
  const began = performance.now();
  for (let first = filled; first < recordings; first += insertionsAtOnce) {
    const count = Math.min(insertionsAtOnce, recordings - first);
    await Promise.all(Array.from({ length: count }, (_, index) => store.recordings.insert(recording(first + index))));
  }
  return Math.round((recordings - filled) / ((performance.now() - began) / 1000));
}

interface Times {
  readonly medianMs: number;
  readonly p99Ms: number;
}

interface Figures {
  readonly times: Record<string, Times>;
  /** Of the last of them, into the store that has all others. */
  readonly insertionsPerSecond: number;
  /** Until all were there. */
  readonly filledSeconds: number;
  /** Of this process after all that was timed, above what it was before, garbage collected. */
  readonly grownMiB: number;
}

async function timesOf(operation: (number: number) => Promise<unknown>, count: number): Promise<Times> {
  for (let number = 0; number < count / 10; number++) await operation(number);
  const taken: number[] = [];
  for (let number = 0; number < count; number++) {
    const began = performance.now();
    await operation(number);
    taken.push(performance.now() - began);
  }
  taken.sort((one, other) => one - other);
  const at = (share: number): number => Number((taken[Math.floor(taken.length * share)] ?? NaN).toFixed(3));
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}

async function figuresOf(benched: BenchedStore, recordings: number): Promise<Figures> {
  const { store } = benched;
  const began = performance.now();
  const insertionsPerSecond = await fill(benched, recordings);
  const filledSeconds = Math.round((performance.now() - began) / 1000);
  const before = residentMiB();
  const times: Record<string, Times> = {};
  for (const [name, operation] of Object.entries(operations(store, recordings)))
    times[name] = await timesOf(operation, name.startsWith('page') ? pages : rounds);
  return { times, insertionsPerSecond, filledSeconds, grownMiB: residentMiB() - before };
}

function residentMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

/**
 * The stores side by side: one caller, so that a time is that of the store and not of a queue. All sync what they write
 * to the disk of the repository.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      recordings: { type: 'string', default: `${defaultRecordings}` },
      stores: { type: 'string', default: 'sqlite,postgresql,cassandra' },
    },
  });
  const recordings = Number(values.recordings);
  const byStore: Record<string, Figures> = {};
  for (const name of values.stores.split(',')) {
    const figures = await bench(name, recordings);
    byStore[name] = figures;
    if (!values.json) report(name, figures);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ bench: 'store', recordings, byStore })}\n`);
}

async function bench(name: string, recordings: number): Promise<Figures> {
  const start = benchedStores[name];
  if (start === undefined)
    throw new Error(`--stores: "${name}" is not one of ${Object.keys(benchedStores).join(', ')}`);
  mkdirSync('.cache', { recursive: true });
  const work = mkdtempSync(join(process.cwd(), '.cache/bench-store-'));
  try {
    const benched = await start(work);
    try {
      return await figuresOf(benched, recordings);
    } finally {
      await benched.end();
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function report(name: string, { times, insertionsPerSecond, filledSeconds, grownMiB }: Figures): void {
  process.stdout.write(
    `${name}: filled in ${filledSeconds} s, ${insertionsPerSecond} insertions/s, ${grownMiB} MiB more after it all\n`,
  );
  for (const [operation, { medianMs, p99Ms }] of Object.entries(times))
    process.stdout.write(`  ${operation}: ${medianMs} ms, p99 ${p99Ms} ms\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench store: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
