import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  contentTreePartBytes as part,
  KnownLeaves,
  leafCount,
  MissingPartsError,
  partCount,
  placeOfPart,
  rootOfLeaves,
  rootsOfParts,
} from '#media-storage';
import { openSqliteStore, type RecordingStore, type Store } from '#store';
import { ContentTrees } from './content-trees.js';

const mediaId = 'call.bin';
const length = 40 * part + 100_000;
const leaves = randomBytes(32 * leafCount(length));
const root = rootOfLeaves(leaves);
const all = leaves.toString('base64');

describe(ContentTrees.name, () => {
  let directory = '';
  let store: Store;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-trees-'));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    await store.recordings.insert({ id: 'one', contactCenter: 'cc-1', region: 'east', mediaFiles: [] });
    const pin = { layout: 'plain', length, contentRoot: root } as const;
    await store.recordings.pin('one', { mediaId, pin, leaves });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('gives parts that prove themselves by the pinned root, without reading the whole tree again', async () => {
    const whole = jest.spyOn(store.recordings, 'findLeaves');
    const trees = new ContentTrees(store.recordings);
    for (const wanted of [[0, 17, partCount(length) - 1], [5], []]) {
      const sent = await trees.of('one', mediaId, { content: { length, root } }).contentTreeParts(wanted);
      const roots = Buffer.from(sent!.roots, 'base64');
      const some = new Map(sent!.parts.map(({ part: number, leaves }) => [number, Buffer.from(leaves, 'base64')]));
      const known = new KnownLeaves({ length, root, leaves: { roots, leaves: some } });
      for (const number of wanted) {
        known.require([number * part, number * part + 1]);
        const { start, end } = placeOfPart(number, length);
        expect(some.get(number)?.equals(leaves.subarray(start, end))).toBe(true);
      }
      expect(() => known.require([3 * part, 3 * part + 1])).toThrow(MissingPartsError);
    }
    expect(whole).toHaveBeenCalledTimes(1);
  });

  it('makes nothing of what is pinned, and takes that for no more than a hint', async () => {
    const pieces = inPieces();
    const whole = jest.spyOn(pieces, 'findLeaves');
    const right = rootsOfParts(leaves).toString('base64');
    const content = { length, root };
    const of = (partRoots: string) => new ContentTrees(pieces).of('one', mediaId, { content, partRoots });
    expect((await of(right).contentTreeParts([3]))?.roots).toBe(right);
    expect(whole).not.toHaveBeenCalled();
    for (const wrong of ['', 'no base64', right.slice(4), rootsOfParts(randomBytes(leaves.length)).toString('base64')])
      expect((await of(wrong).contentTreeParts([3]))?.roots).toBe(right);
    expect(whole).toHaveBeenCalledTimes(4);
  });

  it('gives the whole tree where it is asked for', async () => {
    expect(
      await new ContentTrees(store.recordings).of('one', mediaId, { content: { length, root } }).contentTree(),
    ).toBe(all);
  });

  it.each([
    ['the leaves are of another root', { length, root: 'ab'.repeat(32) }],
    ['the leaves are of another length', { length: length + 1_000_000, root }],
    ['nothing is pinned', undefined],
    ['no root is pinned', { length }],
  ])('gives no parts where %s', async (_, content) => {
    const { contentTreeParts } = new ContentTrees(store.recordings).of('one', mediaId, { content });
    expect(await contentTreeParts([0, 1])).toBeUndefined();
  });

  it('gives no parts of what is not there', async () => {
    for (const recordings of [store.recordings, inPieces()]) {
      const { contentTreeParts } = new ContentTrees(recordings).of('two', mediaId, { content: { length, root } });
      expect(await contentTreeParts([0])).toBeUndefined();
    }
  });

  /** As a database has it that reads parts of a value. */
  function inPieces(): RecordingStore {
    const { recordings } = store;
    return {
      insert: (...args) => recordings.insert(...args),
      find: id => recordings.find(id),
      pin: (...args) => recordings.pin(...args),
      findPin: (...args) => recordings.findPin(...args),
      findLeaves: (...args) => recordings.findLeaves(...args),
      findLeavesAt: async (id, media, places) => {
        const all = await recordings.findLeaves(id, media);
        return all === undefined ? undefined : places.map(({ start, end }) => all.subarray(start, end));
      },
    };
  }
});
