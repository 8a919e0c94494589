import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { encryptAttached, encryptDetached, parseEnvelope } from '#cms';
import type { MediaRequest } from '#contracts';
import { envelopeDigest, type GrantContent } from '#grants';
import { recipients } from '#test/data-plane/judging-vault.js';
import { ClusterIdentities, WorkerUnderTest } from '#test/data-plane/worker-under-test.js';
import { judged, mediaLike, rangesOf, type AskedRange } from '#test/storage/judged-playback.js';
import { MisbehavingFiles } from '#test/storage/misbehaving-files.js';
import { allowedOutcomes, phases, playbackCases, type PlaybackCase } from '#test/storage/playback-cases.js';

const owner = 'cc-1';
const media = mediaLike(300_000);
const ranges = rangesOf(media.length);
const layouts = ['detached', 'attached', 'plain'] as const;
type Layout = (typeof layouts)[number];

interface Stored {
  readonly bytes: Buffer;
  readonly grant: Pick<GrantContent, 'envelopeDigest'>;
  readonly request: Partial<MediaRequest>;
}

const stored = new Map<Layout, Stored>();
const outcomes = new Map<string, string[]>();
const cases = playbackCases(layouts, 1).filter(({ path }) => path.startsWith('/recordings/'));
let files: MisbehavingFiles;
let worker: WorkerUnderTest;
/** So many at once: most of them wait. */
const lanes = 24;

beforeAll(async () => {
  const { envelope, ciphertext } = encryptDetached({ recipients });
  ciphertext.end(media);
  const attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([media]) }));
  const detachedGrant = { envelopeDigest: envelopeDigest(envelope) };
  const request = { envelope: envelope.toString('base64') };
  stored.set('detached', { bytes: await buffer(ciphertext), grant: detachedGrant, request });
  stored.set('attached', { bytes: attached, grant: { envelopeDigest: digestOfAttached(attached) }, request: {} });
  stored.set('plain', { bytes: media, grant: {}, request: {} });
  files = await MisbehavingFiles.start();
  const times = { connectTimeoutMs: 4000, headersTimeoutMs: 1500, idleTimeoutMs: 1500 };
  const storage = { storage: 'webDAV' as const, url: `${files.origin}/recordings`, maxConnections: 64, ...times };
  worker = await new WorkerUnderTest(await ClusterIdentities.create(), owner, storage).start();
  await playAll();
}, 240_000);
afterAll(async () => {
  await worker?.stop();
  await files?.stop();
});

/** The envelope ends with the header of the content. */
function digestOfAttached(file: Buffer): string {
  for (let end = 100; end < 4000; end++) {
    try {
      parseEnvelope(file.subarray(0, end));
      return envelopeDigest(file.subarray(0, end));
    } catch {
      // Longer.
    }
  }
  throw new Error('no envelope');
}

async function playAll(): Promise<void> {
  const queue = cases.values();
  const lane = async (): Promise<void> => {
    for (const one of queue) outcomes.set(`${one.phase}: ${one.misbehaviour.name}`, await outcomesOf(one));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function outcomesOf({ misbehaviour, phase, form, path }: PlaybackCase<Layout>): Promise<string[]> {
  files.add(path, stored.get(form)!.bytes, misbehaviour);
  if (phase === phases[0]) files.misbehave(path);
  else if ((await play(path, form, ranges[4]!)) !== 'right') return ['not right before it misbehaved'];
  files.misbehave(path);
  const found: string[] = [];
  for (const range of ranges.slice(0, 3)) found.push(await play(path, form, range));
  return found;
}

async function play(path: string, layout: Layout, range: AskedRange): Promise<string> {
  const { grant, request } = stored.get(layout)!;
  const location = { storage: 'webDAV', path: path.replace('/recordings/', '') };
  const subject = { sub: 'anthony', contactCenter: owner, recording: path, mediaFile: 'call.mp3', location };
  const asked = { ...request, ...(range[0] === undefined ? {} : { range: range[0] }) };
  const { status, body, aborted } = await worker.media({ ...subject, ...grant, purpose: 'play', layout }, asked);
  return judged({ status, body, complete: !aborted }, media, range);
}

const of = (wanted: string) => cases.flatMap(({ phase, misbehaviour }) => (phase === wanted ? [misbehaviour] : []));

describe.each(phases)('over a storage that misbehaves %s a worker sends the right bytes or a problem', phase => {
  it.each(of(phase).map(({ name, outcome }) => [name, outcome] as const))('%s', (name, outcome) => {
    const found = outcomes.get(`${phase}: ${name}`) ?? [];
    expect(found.length).toBeGreaterThan(0);
    const allowed = allowedOutcomes(outcome, phase);
    expect(found.filter(one => !allowed.includes(one))).toEqual([]);
  });
});
