import { randomInt } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDescriptors } from '#test/cluster/open-descriptors.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { startClusterOn } from '#test/storage/cluster-on-storages.js';
import { judged, mediaLike, rangesOf, type AskedRange } from '#test/storage/judged-playback.js';
import { Listener } from '#test/storage/listener.js';
import { MisbehavingFiles } from '#test/storage/misbehaving-files.js';
import {
  allowedOutcomes,
  askingFolder,
  phases,
  playbackCases,
  type PlaybackCase,
} from '#test/storage/playback-cases.js';
import { countInTier } from '#test/tier.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { GatewayClient } from '../../apps/rcsctl/src/gateway-client/gateway-client.js';
import {
  challengeMisbehaviours,
  credentials,
  misbehaviours,
} from '../../libs/media-storage/src/testing/misbehaviours/index.js';
import { stored, storedForms, type StoredFile, type StoredForm } from '../conformance/players/stored-forms.js';
import { Random } from '../properties/world/random.js';

jest.setTimeout(3_600_000);

const work = workDirectory('rcs-misbehaving-storage-');
const media = mediaLike(300_000);
const ranges = rangesOf(media.length);
const [whole, , , , firstByte] = ranges as [AskedRange, AskedRange, AskedRange, AskedRange, AskedRange];
const formsOfEach = countInTier(1, 1, storedForms.length);
const rangesOfEach = countInTier(2, 2, ranges.length);
const seed = Number(process.env.STORAGE_SEED ?? (formsOfEach > 1 ? randomInt(2 ** 31) : 1));
/** So many recordings at once: most of them wait. Fewer than the streams that one listener may have. */
const lanes = 40;
/** One opening, and the time in which the gateway tries to go on with a body that has begun; nothing takes as long. */
const hungMs = 60_000;

const forms = new Map<StoredForm, StoredFile>();
const outcomes = new Map<string, string[]>();
const outcomesBeside: string[] = [];
const key = (phase: string, name: string): string => `${phase}: ${name}`;
let files: MisbehavingFiles;
let cluster: RunningCluster;
let recorder: GatewayClient;
let listener: Listener;
let descriptorsBefore: number;

beforeAll(async () => {
  files = await MisbehavingFiles.start();
  const times = { connectTimeoutMs: 3000, headersTimeoutMs: 2000, idleTimeoutMs: 2000 };
  const asking = challengeMisbehaviours.map((_, index) => ({
    url: `${files.origin}/${askingFolder(index)}`,
    ...credentials,
    ...times,
  }));
  const storages = [{ url: `${files.origin}/recordings`, ...times }, ...asking];
  cluster = await startClusterOn(join(__dirname, '../..'), join(work, 'data'), storages, {
    RCS_MEDIA_INDEX: '{"insertionTimeoutMs":1000}',
    // Whoever takes over has the same storage: one more try of each worker shows what many do.
    RCS_SERVER_SETTINGS__WORKER_TAKE_OVER_TIMEOUT_MS: '2000',
  });
  const { gateway, caFile, users, ops, certificates } = cluster.ready;
  const ca = readFileSync(caFile);
  listener = new Listener({ ca, user: users[0]!, timeoutMs: hungMs });
  recorder = new GatewayClient({ url: gateway, caPem: ca.toString(), userName: ops.name, password: ops.password });
  for (const form of storedForms) forms.set(form, await stored(media, form, certificates[0]!.file));
  descriptorsBefore = openDescriptors(cluster.ready.dataDir);
  await playAll();
});

afterAll(async () => {
  listener?.close();
  await recorder?.close();
  await cluster?.stop();
  await files?.stop();
  rmSync(work, { recursive: true, force: true });
});

/**
 * All cases in an order that follows from the seed, several at once, and beside them a recording of the same storage. Those
 * that take until a deadline come first: at the end there would be nothing to do beside them.
 */
async function playAll(): Promise<void> {
  process.stderr.write(`  misbehaving storages: seed ${seed} (again with STORAGE_SEED=${seed})\n`);
  const cases = playbackCases(storedForms, formsOfEach);
  const drawn = new Random(seed).sample(cases, cases.length);
  const waiting = ({ misbehaviour }: (typeof cases)[number]): number => (misbehaviour.endless === true ? 0 : 1);
  const queue = drawn.toSorted((one, other) => waiting(one) - waiting(other)).values();
  files.add('/recordings/good', forms.get('attached DER')!.bytes);
  const good = await record('/recordings/good', 'attached DER');
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      const name = key(one.phase, one.misbehaviour.name);
      const found = await outcomesOf(one);
      outcomes.set(name, [...(outcomes.get(name) ?? []), ...found]);
      outcomesBeside.push(await outcomeOf(good, whole));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function record(path: string, form: StoredForm): Promise<string> {
  const id = path.slice(1).replaceAll('/', '-');
  const mediaDescriptor = { storage: 'webDAV', path: `${files.origin}${path}` };
  const { mediaFiles } = await recorder.insertRecording(cluster.ready.contactCenter, {
    id,
    mediaFiles: [{ mediaId: id, type: 'audio/mp3', mediaDescriptor, ...forms.get(form)!.metadata }],
  });
  return mediaFiles[0]!.playPath;
}

async function outcomesOf({ misbehaviour, phase, form, path }: PlaybackCase<StoredForm>): Promise<string[]> {
  files.add(path, forms.get(form)!.bytes, misbehaviour);
  if (phase === phases[0]) files.misbehave(path);
  try {
    const playPath = await record(path, form);
    if (phase === phases[1]) {
      const before = await outcomeOf(playPath, firstByte);
      if (before !== 'right') return [`${before}, before it misbehaved`];
      files.misbehave(path);
    }
    const found: string[] = [];
    for (const range of ranges.slice(0, rangesOfEach)) found.push(await outcomeOf(playPath, range));
    return found;
  } catch (error) {
    return [String(error)];
  }
}

async function outcomeOf(playPath: string, range: AskedRange): Promise<string> {
  try {
    return judged(await listener.hear(`${cluster.ready.gateway}/api/v2${playPath}`, range[0]), media, range);
  } catch (error) {
    return String(error);
  }
}

describe.each(phases)('a storage that misbehaves %s: the right bytes, or a named problem', phase => {
  const all = phase === phases[0] ? [...misbehaviours, ...challengeMisbehaviours] : misbehaviours;
  it.each(all.map(misbehaviour => [misbehaviour.name, misbehaviour.outcome] as const))('%s', (name, outcome) => {
    const found = outcomes.get(key(phase, name)) ?? [];
    const allowed = allowedOutcomes(outcome, phase);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(one => !allowed.includes(one))).toEqual([]);
  });
});

it('another recording in the same storage plays all the while', () => {
  expect(outcomesBeside.length).toBeGreaterThan(300);
  expect(outcomesBeside.filter(one => one !== 'right')).toEqual([]);
});

it('keeps no connection that an answer without end is on', async () => {
  const endless = new Set(
    playbackCases(storedForms, formsOfEach).flatMap(({ misbehaviour, path }) =>
      misbehaviour.endless === true ? [path] : [],
    ),
  );
  expect(endless.size).toBeGreaterThan(10);
  const held = (): readonly string[] => files.lastOnConnections.filter(path => endless.has(path));
  await answerOf('the end of connections that are held', held, paths => paths.length === 0, { patienceMs: 30_000 });
});

it('leaves no file descriptors open but those of kept connections', async () => {
  // How many there were at once between the services says nothing: they end when nobody has used them for half a minute.
  const left = (): number =>
    openDescriptors(cluster.ready.dataDir) - descriptorsBefore - files.lastOnConnections.length;
  // The listener keeps its own.
  await answerOf('the end of connections', left, count => count <= lanes, { patienceMs: 90_000, pollMs: 1000 });
});
