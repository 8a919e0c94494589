import { randomBytes } from 'node:crypto';
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { encryptAttached, encryptDetached, readAttachedEnvelope, BufferSource } from '#cms';
import { neededPartsHeader, neededPartsOf, peaksPath, type MediaRequest } from '#contracts';
import { envelopeDigest, type GrantContent } from '#grants';
import {
  ContentTreeBuilder,
  contentTreePartBytes as part,
  partCount,
  placeOfPart,
  rootsOfParts,
  type ContentTree,
} from '#media-storage';
import { recipients } from '#test/data-plane/judging-vault.js';
import {
  ClusterIdentities,
  transports,
  WorkerUnderTest,
  type WorkerAnswer,
} from '#test/data-plane/worker-under-test.js';

const owner = 'cc-1';
const plaintext = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(2 * part + 300_000)]);
const { length } = plaintext;
const location = { storage: 'file', path: 'call.bin' };
const subject = { sub: 'anthony', contactCenter: owner, recording: 'recording-1', mediaFile: 'call.bin', location };
const play: GrantContent = { ...subject, purpose: 'play' };

interface Stored {
  readonly path: string;
  readonly content: Buffer;
  readonly grant: GrantContent;
  readonly request: Partial<MediaRequest>;
  readonly tree: ContentTree;
}

const layouts = ['detached', 'attached', 'plain'] as const;
let identities: ClusterIdentities;
const stored = new Map<(typeof layouts)[number], Stored>();
let workers: WorkerUnderTest[] = [];
const files = mkdtempSync(join(tmpdir(), 'rcs-parts-'));

beforeAll(async () => {
  identities = await ClusterIdentities.create();
  const { envelope, ciphertext } = encryptDetached({ recipients });
  ciphertext.end(plaintext);
  const attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
  const { envelopeBytes } = await readAttachedEnvelope(new BufferSource(attached), new AbortController().signal);
  const put = (content: Buffer, grant: Partial<GrantContent>, request: Partial<MediaRequest> = {}): Stored => {
    const builder = new ContentTreeBuilder();
    builder.update(content);
    const tree = builder.finish();
    const path = join(files, String(grant.layout));
    writeFileSync(path, content);
    return {
      path,
      content,
      request,
      tree,
      grant: { ...play, ...grant, content: { length: tree.length, root: tree.root } },
    };
  };
  const digest = envelopeDigest(envelope);
  stored.set(
    'detached',
    put(
      await buffer(ciphertext),
      { layout: 'detached', envelopeDigest: digest },
      { envelope: envelope.toString('base64') },
    ),
  );
  stored.set('attached', put(attached, { layout: 'attached', envelopeDigest: envelopeDigest(envelopeBytes) }));
  stored.set('plain', put(plaintext, { layout: 'plain' }));
});
afterEach(async () => {
  await Promise.all(workers.map(worker => worker.stop()));
  workers = [];
});

afterAll(() => rmSync(files, { recursive: true }));

const of = (layout: (typeof layouts)[number]): Stored => stored.get(layout)!;
const codeOf = ({ body }: WorkerAnswer): unknown => (JSON.parse(body.toString()) as { code: unknown }).code;

/** What goes to a worker of these parts. */
function some({ leaves, length: fileLength }: ContentTree, numbers: readonly number[]) {
  const parts = numbers.map(number => {
    const { start, end } = placeOfPart(number, fileLength);
    return { part: number, leaves: leaves.subarray(start, end).toString('base64') };
  });
  return { contentTreeParts: { roots: rootsOfParts(leaves).toString('base64'), parts } };
}

/** Asks as a gateway does: with what the worker says that it needs, and nothing else. */
async function asking(worker: WorkerUnderTest, { grant, tree }: Stored, request: Partial<MediaRequest>) {
  const sent = new Set<number>();
  for (let rounds = 0; ; rounds++) {
    const answer = await worker.media(grant, { ...request, ...(sent.size === 0 ? {} : some(tree, [...sent])) });
    if (answer.status !== 409 || rounds === 8) return { answer, sent: [...sent].sort((a, b) => a - b) };
    const needed = neededPartsOf(answer.headers[neededPartsHeader] as string | undefined) ?? [0];
    if (needed === 'all') throw new Error('all of the tree is needed');
    for (const number of needed) sent.add(number);
  }
}

describe.each(transports)('parts of a content tree over %s', transport => {
  async function workerWith({ path }: Stored, garbled?: Buffer): Promise<WorkerUnderTest> {
    const worker = await new WorkerUnderTest(identities, owner, {}, transport).start();
    workers.push(worker);
    if (garbled === undefined) linkSync(path, join(worker.directory, 'call.bin'));
    else worker.write('call.bin', garbled);
    return worker;
  }

  describe.each(layouts)('of media that is %s', layout => {
    it('are all that any range needs, those at its ends and those it lies in', async () => {
      const file = of(layout);
      for (let turn = 0; turn < 4; turn++) {
        const worker = await workerWith(file);
        const start = turn === 0 ? 0 : Math.floor(Math.random() * length);
        const end = Math.min(length, start + 1 + Math.floor(Math.random() ** 3 * part));
        const { answer, sent } = await asking(worker, file, { ...file.request, range: `bytes=${start}-${end - 1}` });
        expect([answer.status, answer.body.equals(plaintext.subarray(start, end))]).toEqual([206, true]);
        const ends = layout === 'plain' ? [0] : [0, partCount(file.tree.length) - 1];
        const shift = file.tree.length - length;
        const inside = [Math.floor(start / part), Math.floor(Math.min(end + shift, file.tree.length - 1) / part)];
        for (const number of sent) expect([...ends, ...inside, inside[0]! + 1]).toContain(number);
        expect(worker.vault.asked).toBe(layout === 'plain' ? 0 : 1);
      }
    });

    it('come with each window of a body, and join to it', async () => {
      const file = of(layout);
      const worker = await workerWith(file);
      const parts: Buffer[] = [];
      let entityTag = '';
      for (let offset = 0; offset < length; offset = Buffer.concat(parts).length) {
        const resume = { entityTag, offset };
        const request = { ...file.request, window: 5_000_000, ...(offset > 0 ? { resume } : {}) };
        const { answer } = await asking(worker, file, request);
        expect(answer.status).toBe(200);
        entityTag = String(answer.headers.etag);
        parts.push(answer.body);
      }
      expect(Buffer.concat(parts).equals(plaintext)).toBe(true);
    });

    it('are asked for before the storage and the key are used', async () => {
      const file = of(layout);
      const worker = await workerWith(file);
      const none = await worker.media(file.grant, file.request);
      expect([none.status, codeOf(none), none.headers[neededPartsHeader]]).toEqual([
        409,
        'RCS_CONTENT_TREE_NEEDED',
        undefined,
      ]);
      const { answer } = await asking(worker, file, { ...file.request, range: 'bytes=0-99' });
      expect(answer.status).toBe(206);
      const asked = worker.vault.asked;
      const middle = await worker.media(file.grant, { ...file.request, range: `bytes=${part + 9}-${part + 99}` });
      expect([middle.status, middle.headers[neededPartsHeader]]).toEqual([409, '1']);
      expect(worker.vault.asked).toBe(asked);
    });

    it('refuse a changed block where it is asked for, and only there', async () => {
      const file = of(layout);
      for (const at of [part - 5, part + 70_000]) {
        const garbled = Buffer.from(file.content);
        garbled.writeUInt8(garbled.readUInt8(at) ^ 1, at);
        const worker = await workerWith(file, garbled);
        const within = await asking(worker, file, { ...file.request, range: `bytes=${at - 20_000}-${at + 9}` });
        const { status, aborted, body } = within.answer;
        if (!aborted) expect([status, codeOf(within.answer)]).toEqual([422, 'RCS_CONTENT_CHANGED']);
        else expect(body.equals(plaintext.subarray(at - 20_000, at - 20_000 + body.length))).toBe(true);
        const elsewhere = `bytes=${at - 300_000}-${at - 200_001}`;
        const { answer } = await asking(worker, file, { ...file.request, range: elsewhere });
        expect(answer.body.equals(plaintext.subarray(at - 300_000, at - 200_000))).toBe(true);
      }
    });

    it('of another tree, cut, or in the place of others play nothing, cold or warm', async () => {
      const file = of(layout);
      const builder = new ContentTreeBuilder();
      builder.update(randomBytes(file.content.length));
      const other = some(builder.finish(), [0, 1, 2]).contentTreeParts;
      const own = some(file.tree, [0, 1, 2]).contentTreeParts;
      const [first, second, third] = own.parts;
      const leavesOf = (leaves: string) => Buffer.from(leaves, 'base64');
      const cut = { part: 1, leaves: leavesOf(second!.leaves).subarray(32).toString('base64') };
      const wrong = [
        other,
        { ...own, roots: other.roots },
        { ...own, parts: other.parts },
        { ...own, parts: [first!, { ...second!, leaves: first!.leaves }, third!] },
        { ...own, parts: [first!, cut, third!] },
        { ...own, parts: [first!, { ...second!, part: 3 }, third!] },
        { ...own, roots: own.roots.slice(44) },
      ];
      const warm = await workerWith(file);
      expect((await asking(warm, file, { ...file.request, range: 'bytes=0-9' })).answer.status).toBe(206);
      const range = `bytes=${part + 100}-${part + 199}`;
      const cold = await workerWith(file);
      for (const contentTreeParts of wrong) {
        const refused = await cold.media(file.grant, { ...file.request, range, contentTreeParts });
        expect([refused.status, codeOf(refused)]).toEqual([400, 'RCS_INVALID_VALUE']);
        expect(cold.vault.asked).toBe(0);
        const again = await warm.media(file.grant, { ...file.request, range, contentTreeParts });
        if (again.status !== 206) expect([400, 409]).toContain(again.status);
        else expect(again.body.equals(plaintext.subarray(part + 100, part + 200))).toBe(true);
      }
      // A form that nobody knows is no reason to check nothing.
      for (const contentTreeParts of [
        {},
        { ...own, more: 1 },
        { roots: own.roots, parts: [{ part: -1, leaves: '' }] },
      ]) {
        const refused = await warm.media(file.grant, { ...file.request, range, contentTreeParts } as never);
        expect([refused.status, codeOf(refused)]).toEqual([400, 'RCS_INVALID_VALUE']);
      }
    });

    it('are completed by a gateway that sends the whole tree', async () => {
      const file = of(layout);
      const worker = await workerWith(file);
      await asking(worker, file, { ...file.request, range: 'bytes=0-9' });
      const whole = { ...file.request, contentTree: file.tree.leaves.toString('base64') };
      const answer = await worker.media(file.grant, { ...whole, range: `bytes=${part}-` });
      expect(answer.body.equals(plaintext.subarray(part))).toBe(true);
      const warm = await worker.media(file.grant, { ...file.request, range: `bytes=${part}-` });
      expect(warm.body.equals(answer.body)).toBe(true);
    });

    it('are not enough for several ranges, and the wave form', async () => {
      const file = of(layout);
      const worker = await workerWith(file);
      await asking(worker, file, { ...file.request, range: 'bytes=0-9' });
      const range = `bytes=0-9,${part + 5}-${part + 9}`;
      const several = await worker.media(file.grant, { ...file.request, range });
      expect([several.status, several.headers[neededPartsHeader]]).toEqual([409, 'all']);
      const { envelope } = file.request;
      const asked = { grant: worker.sign(file.grant), ...(envelope === undefined ? {} : { envelope }) };
      expect(codeOf(await worker.post(peaksPath, asked))).toBe('RCS_CONTENT_TREE_NEEDED');
    });
  });
});
