import { randomBytes } from 'node:crypto';
import { FaultyStorage } from '../testing/faulty-storage.js';
import {
  challengeMisbehaviours,
  credentials,
  misbehaviours,
  type Misbehaviour,
  type StoredBytes,
} from '../testing/misbehaviours/index.js';
import { properAnswer, send } from '../testing/misbehaviours/misbehaviour.js';
import { patience, StorageProbe } from '../testing/storage-probe.js';
import type { OpenHint } from '../stored-object.js';

const file: StoredBytes = {
  bytes: randomBytes(300_000),
  entityTag: '"1"',
  lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT',
};
const size = file.bytes.length;
const hints: readonly OpenHint[] = [{ head: 16_384, tail: 64 }, { tail: 64 }, { head: 1000 }, {}];
const ranges = [
  [0, size],
  [100_001, size - 1],
  [size - 1, size],
] as const;
/** How many answers about the file are good, and whether the storage has shown before that it names lengths. */
type Phase = readonly [when: string, goodTurns: number, wasGood: boolean];
const phases: readonly Phase[] = [
  ['from the first answer on', 0, false],
  ['from the first answer on, of a storage that was good before', 0, true],
  ['once the file has been opened', 2, false],
];
const all = [...misbehaviours, ...challengeMisbehaviours];
/** So many at once: most of them wait. */
const lanes = 32;

/** What came of each, by phase and name. */
const outcomes = new Map<string, readonly string[]>();
const key = ([when]: Phase, { name }: Misbehaviour): string => `${when} ${name}`;

beforeAll(async () => {
  const cases = phases.flatMap(phase => all.map(misbehaviour => ({ phase, misbehaviour })));
  const queue = cases.entries();
  const lane = async (): Promise<void> => {
    for (const [index, { phase, misbehaviour }] of queue) {
      // Each with two of the ways to open a file: the next one begins with the other two.
      const hintsOfCase = [0, 1].map(which => hints[(2 * index + which) % hints.length] ?? {});
      outcomes.set(key(phase, misbehaviour), await outcomesOf(misbehaviour, phase, hintsOfCase));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}, 240_000);

/** Reads from a storage with one connection: one that is held by an answer nobody wants is missed at once. */
async function outcomesOf({ answer }: Misbehaviour, phase: Phase, hintsOfCase: readonly OpenHint[]) {
  const [, goodTurns, wasGood] = phase;
  let turn = 0;
  const storage = await FaultyStorage.start(request => {
    const behaves = !request.target.endsWith('/bad') || turn++ < goodTurns;
    if (behaves) send(request, properAnswer(request, file));
    else answer(request, file, turn - goodTurns);
  });
  const times = { connectTimeoutMs: 4000, headersTimeoutMs: 1500, idleTimeoutMs: 1500, totalTimeoutMs: 20_000 };
  const probe = new StorageProbe(storage.url, { maxConnections: 1, ...credentials, ...times });
  try {
    const found: string[] = [];
    if (wasGood) await reading(probe, '/good', { head: 10 });
    for (const hint of hintsOfCase) {
      found.push(...(await reading(probe, '/bad', hint)));
      const others = await reading(probe, '/good', { head: 10 });
      if (others.some(outcome => outcome !== 'right')) found.push(`another file: ${others.join()}`);
    }
    return found;
  } finally {
    await probe.storages.close();
    await storage.stop();
  }
}

/** Of each range 'right', or the code of the failure; wrong bytes are named. */
async function reading(probe: StorageProbe, path: string, hint: OpenHint): Promise<string[]> {
  const found: string[] = [];
  try {
    const stored = await probe.open(path, hint);
    for (const [start, end] of ranges)
      if (end <= stored.size) found.push(await readingRange(stored.stream(start, end, patience()), start, end));
  } catch (error) {
    found.push(codeOf(error));
  }
  return found;
}

async function readingRange(stream: AsyncIterable<Buffer>, start: number, end: number): Promise<string> {
  const chunks: Buffer[] = [];
  const read = (): Buffer => Buffer.concat(chunks);
  const isRight = (): boolean => read().equals(file.bytes.subarray(start, start + read().length));
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return isRight() ? codeOf(error) : 'wrong bytes before the failure';
  }
  return isRight() && read().length === end - start ? 'right' : 'wrong bytes';
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('RCS_') ? code : String((error as Error).stack);
}

describe.each(phases)('a storage that misbehaves %s gives the right bytes or a named failure', (...phase) => {
  const [, goodTurns] = phase;
  it.each(all.map(misbehaviour => [misbehaviour.name, misbehaviour] as const))('%s', (_, misbehaviour) => {
    const { mayBeRight, codes } = misbehaviour.outcome;
    // What is not the file that was opened first is that, whatever else is wrong with it.
    const later = goodTurns > 0 ? ['right', 'RCS_STORAGE_CHANGED'] : [];
    const allowed: readonly string[] = [...(mayBeRight ? ['right'] : []), ...codes, ...later];
    const found = outcomes.get(key(phase, misbehaviour)) ?? [];
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(outcome => !allowed.includes(outcome))).toEqual([]);
  });
});
