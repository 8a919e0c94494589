import fc from 'fast-check';
import type { ContentTreePartsMessage, MediaRequest } from '#contracts';
import { contentTreePartBytes as part, MissingPartsError, partCount, partsOfRange } from '#media-storage';
import { RcsError } from '#platform';
import { grant, request as relayRequest } from '#test/data-plane/relay-under-test.js';
import { everyPart, partsIn, partSet } from './likely-parts.js';
import { TreeForWorker, type MediaHolder } from './tree-for-worker.js';

const root = 'ab'.repeat(32);
const worker = { instance: 'one', url: 'https://one', inFlight: 0, version: '1' };
const workerOfParts = { ...worker, contentTreeParts: true as const };

type Sent = Pick<MediaRequest, 'contentTree' | 'contentTreeParts'>;

/** A recording of so many bytes; its parts say of themselves which they are. */
function requestOf(length: number, range?: string, changes: Partial<typeof grant> = {}) {
  const contentTreeParts = (parts: readonly number[]): Promise<ContentTreePartsMessage> =>
    Promise.resolve({ roots: '', parts: parts.map(number => ({ part: number, leaves: '' })) });
  return relayRequest({
    media: { method: 'GET', contentType: 'audio/mpeg', ...(range === undefined ? {} : { range }) },
    grant: { ...grant, layout: 'attached', ...changes, content: { length, root } },
    contentTree: () => Promise.resolve('all'),
    contentTreeParts,
  });
}

/** What a worker has that needs these parts: it asks for those alone that it lacks. */
class AskedWorker {
  private open = false;
  private all = false;
  private readonly parts = new Set<number>();
  questions = 0;
  sent: Sent[] = [];

  constructor(private readonly length: number) {}

  /** @throws as a worker answers */
  ask(sent: Sent, needed: readonly number[]): void {
    this.questions++;
    this.sent.push(sent);
    if (!this.open && sent.contentTree === undefined && sent.contentTreeParts === undefined)
      throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    this.all ||= sent.contentTree !== undefined;
    const came = sent.contentTreeParts?.parts.map(({ part: number }) => number) ?? [];
    this.miss([0, partCount(this.length) - 1], came);
    this.open = true;
    for (const number of came) this.parts.add(number);
    this.miss(needed, came);
  }

  forget(): void {
    this.open = false;
    this.all = false;
    this.parts.clear();
  }

  private miss(needed: readonly number[], came: readonly number[]): void {
    const has = new Set([...this.parts, ...came]);
    const missing = needed.filter(number => !this.all && !has.has(number));
    if (missing.length > 0) throw new MissingPartsError(missing);
  }
}

async function relay(asked: AskedWorker, tree: TreeForWorker, needed: readonly number[]): Promise<MediaHolder> {
  for (let sent = await tree.atOnce(); ;) {
    try {
      asked.ask(sent, needed);
      return tree.holder;
    } catch (error) {
      sent = await tree.after(error);
    }
  }
}

const lengths = fc.integer({ min: 5 * part + 1, max: 4_000_000_000 });

describe(TreeForWorker.name, () => {
  it('sends a worker what it needs for any window, wherever it needs it, and mostly at once', async () => {
    const windows = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        bytes: fc.constantFrom(65_536, 262_144, 1_048_576, 16 * 1_048_576),
        shift: fc.constantFrom(0, 0, 0, 3000, 20_000_000),
        forgets: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(lengths, windows, async (length, asked) => {
        const one = new AskedWorker(length);
        let holder: MediaHolder | undefined;
        for (const { at, bytes, shift, forgets } of asked) {
          if (forgets) one.forget();
          const start = Math.floor(at * length);
          const tree = new TreeForWorker(requestOf(length, `bytes=${start}-`), workerOfParts, holder, {
            offset: 0,
            bytes,
          });
          const [from, to] = [start + shift, start + shift + bytes].map(place => Math.min(place, length));
          const before = one.questions;
          holder = await relay(one, tree, partsOfRange(from!, to!));
          expect(one.questions - before).toBeLessThanOrEqual(shift > 3000 || forgets ? 3 : 2);
        }
        // A window of 16 MiB touches two parts, a range that lies elsewhere two more, and the file has two ends.
        for (const { contentTree, contentTreeParts } of one.sent) {
          expect(contentTree).toBeUndefined();
          expect(contentTreeParts?.parts.length ?? 0).toBeLessThanOrEqual(7);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('needs one question for a range that lies where it seems to, cold, and sends nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.double({ min: 0, max: 0.99, noNaN: true }), async (length, at) => {
        const one = new AskedWorker(length);
        const start = Math.floor(at * length);
        const end = Math.min(length, start + 65_536);
        const ask = (holder?: MediaHolder) =>
          relay(
            one,
            new TreeForWorker(requestOf(length, `bytes=${start}-${end - 1}`), workerOfParts, holder, {
              offset: 0,
              bytes: 2_097_152,
            }),
            partsOfRange(start, end),
          );
        await ask(await ask());
        expect(one.questions).toBe(2);
        expect(one.sent[0]?.contentTreeParts?.parts.length).toBeLessThanOrEqual(4);
        expect(one.sent[1]).toEqual({});
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['a worker of before', worker, requestOf(2_000_000_000)],
    ['a small tree', workerOfParts, requestOf(4 * part)],
    ['several ranges', workerOfParts, requestOf(2_000_000_000, 'bytes=0-9,100-109')],
    [
      'a store that has no parts',
      workerOfParts,
      { ...requestOf(2_000_000_000), contentTreeParts: () => Promise.resolve(undefined) },
    ],
  ])('sends %s the whole tree, once', async (_, to, request) => {
    const window = { offset: 0, bytes: 262_144 };
    const tree = new TreeForWorker(request, to, undefined, window);
    expect(await tree.atOnce()).toEqual({ contentTree: 'all' });
    expect(await new TreeForWorker(request, to, tree.holder, window).atOnce()).toEqual({});
    await expect(tree.after(new RcsError('RCS_CONTENT_TREE_NEEDED'))).rejects.toMatchObject({
      code: 'RCS_CONTENT_TREE_NEEDED',
    });
  });

  it.each([
    ['asks for the same again', [0, 119]],
    ['asks for parts that there are none of', [5000]],
    ['asks for more and more', undefined],
  ])('ends with the whole tree where a worker %s, and then with its error', async (_, parts) => {
    const tree = new TreeForWorker(requestOf(2_000_000_000), workerOfParts, undefined, { offset: 0, bytes: 262_144 });
    let sent = await tree.atOnce();
    for (let number = 10; sent.contentTree === undefined; number++) {
      expect(number).toBeLessThan(15);
      sent = await tree.after(new MissingPartsError(parts ?? [number]));
    }
    const again = new MissingPartsError([1]);
    await expect(tree.after(again)).rejects.toBe(again);
    expect(tree.holder.parts).toBe(everyPart);
  });

  it('sends the whole tree where all of it is needed, or more than is sent at once', async () => {
    for (const parts of ['all', Array.from({ length: 65 }, (_, number) => number)] as const) {
      const tree = new TreeForWorker(requestOf(2_000_000_000), workerOfParts, undefined, { offset: 0, bytes: 262_144 });
      await tree.atOnce();
      expect(await tree.after(new MissingPartsError(parts))).toEqual({ contentTree: 'all' });
    }
  });

  it('hands on every other error, and sends nothing of media that is not pinned', async () => {
    const plain = relayRequest({ contentTree: () => Promise.resolve('all') });
    const tree = new TreeForWorker(plain, workerOfParts, undefined, { offset: 0, bytes: 1 });
    expect(await tree.atOnce()).toEqual({});
    const error = new RcsError('RCS_CONTENT_CHANGED');
    await expect(tree.after(error)).rejects.toBe(error);
  });

  it('reads Range fields as far as it has to', async () => {
    const length = 100 * part;
    const sentFor = async (range: string | undefined, offset = 0) => {
      const window = { offset, bytes: 262_144 };
      const tree = new TreeForWorker(requestOf(length, range, { layout: 'plain' }), workerOfParts, undefined, window);
      return (await tree.atOnce()).contentTreeParts?.parts.map(({ part: number }) => number);
    };
    expect(await sentFor(undefined)).toEqual([0]);
    expect(await sentFor(undefined, 7 * part)).toEqual([7]);
    expect(await sentFor(`bytes=${9 * part}-`)).toEqual([9]);
    expect(await sentFor(` Bytes = ${9 * part} - ${9 * part + 99}`)).toEqual([9]);
    expect(await sentFor('bytes=-10')).toEqual([99]);
    expect(await sentFor('lines=7-9')).toEqual([0]);
    expect(await sentFor(`bytes=${'9'.repeat(30)}-`)).toEqual([]);
  });

  it('keeps sets of parts', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(5000)), parts => {
        expect(partsIn(partSet(parts))).toEqual([...parts].sort((a, b) => a - b));
      }),
    );
    expect(partsIn(everyPart)).toEqual([]);
  });
});
