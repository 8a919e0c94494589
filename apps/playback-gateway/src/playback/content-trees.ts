import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ContentTreePartsMessage } from '#contracts';
import { leafCount, contentTreeHashBytes, partCount, placeOfPart, rootOfLeaves, rootsOfParts } from '#media-storage';
import type { RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { contentTreeOf, type LocatedEnvelope } from './envelope-locator.js';
import type { RelayRequest } from './relay-request.js';

type LocatedTree = Pick<LocatedEnvelope, 'content' | 'partRoots'>;
type SentTrees = Pick<RelayRequest, 'contentTree' | 'contentTreeParts'>;

/** The tree of a media file as it is pinned. */
interface PinnedTree {
  readonly recording: string;
  readonly mediaId: string;
  /** Of the stored file, in bytes. */
  readonly length: number;
  readonly root: string;
  /** Base64 of what the pin says of its parts. */
  readonly partRoots: string | undefined;
}

/** The roots of the parts of a thousand recordings of 2 GB. */
const rememberedRootBytes = 4 * 1024 * 1024;
/** The leaves of eight recordings of 2 GB, as long as a worker has one open. */
const rememberedLeafBytes = 8 * 1024 * 1024;
const leavesLiveMs = 60_000;
/** Parts whose roots are made at once, in some milliseconds; then others have their turn. */
const partsOfTurn = 8;

/** Content trees as workers are sent them: whole, or the parts that a range needs. */
@Injectable()
export class ContentTrees {
  /** What parts are proved by. Pins of before have none: they are made when such a recording is played first. */
  private readonly roots = new LRUCache<string, Buffer>({
    maxSize: rememberedRootBytes,
    sizeCalculation: (roots, key) => roots.length + key.length,
  });

  /** Of databases that give no parts of them: who seeks in a recording needs one part after the other. */
  private readonly leaves = new LRUCache<string, Buffer>({
    maxSize: rememberedLeafBytes,
    ttl: leavesLiveMs,
    sizeCalculation: (leaves, key) => leaves.length + key.length,
  });

  constructor(@Inject(storeTokens.recordings) private readonly recordings: RecordingStore) {}

  /** How the tree of a media file comes to workers. */
  of(recording: string, mediaId: string, { content, partRoots }: LocatedTree): SentTrees {
    const { length = 0, root } = content ?? {};
    return {
      contentTree: () => contentTreeOf(this.recordings, recording, mediaId),
      contentTreeParts: async parts =>
        root === undefined ? undefined : this.parts({ recording, mediaId, length, root, partRoots }, parts),
    };
  }

  private async parts(tree: PinnedTree, parts: readonly number[]): Promise<ContentTreePartsMessage | undefined> {
    const roots = await this.rootsOf(tree);
    const leaves = roots === undefined ? undefined : await this.leavesOf(tree, parts);
    if (roots === undefined || leaves === undefined) return undefined;
    return {
      roots: roots.toString('base64'),
      parts: parts.map((part, number) => ({ part, leaves: leaves[number]?.toString('base64') ?? '' })),
    };
  }

  private async leavesOf(tree: PinnedTree, parts: readonly number[]): Promise<readonly Buffer[] | undefined> {
    const { recording, mediaId, length } = tree;
    const places = parts.map(part => placeOfPart(part, length));
    const found = await this.recordings.findLeavesAt(recording, mediaId, places);
    if (found !== undefined) return found;
    const whole = await this.wholeOf(tree);
    return whole === undefined ? undefined : places.map(({ start, end }) => whole.subarray(start, end));
  }

  private async wholeOf({ recording, mediaId, root, length }: PinnedTree): Promise<Buffer | undefined> {
    const key = JSON.stringify([recording, mediaId, root]);
    const known = this.leaves.get(key);
    if (known !== undefined) return known;
    const leaves = await this.recordings.findLeaves(recording, mediaId);
    if (leaves?.length !== leafCount(length) * contentTreeHashBytes) return undefined;
    this.leaves.set(key, leaves);
    return leaves;
  }

  /** Undefined where the leaves are not those of the root: who gets all of them says what is wrong. */
  private async rootsOf(tree: PinnedTree): Promise<Buffer | undefined> {
    const key = JSON.stringify([tree.recording, tree.mediaId, tree.root]);
    const known = this.roots.get(key) ?? pinnedRoots(tree) ?? (await this.madeRoots(tree));
    if (known !== undefined) this.roots.set(key, known);
    return known;
  }

  private async madeRoots(tree: PinnedTree): Promise<Buffer | undefined> {
    const leaves = await this.wholeOf(tree);
    const roots = leaves === undefined ? undefined : await makeRoots(leaves, tree.length);
    return roots !== undefined && rootOfLeaves(roots) === tree.root ? roots : undefined;
  }
}

function pinnedRoots({ partRoots, length, root }: PinnedTree): Buffer | undefined {
  if (partRoots === undefined) return undefined;
  const roots = Buffer.from(partRoots, 'base64');
  return roots.length === partCount(length) * contentTreeHashBytes && rootOfLeaves(roots) === root ? roots : undefined;
}

async function makeRoots(leaves: Buffer, length: number): Promise<Buffer> {
  const made: Buffer[] = [];
  for (let part = 0; part < partCount(length); part += partsOfTurn) {
    const last = Math.min(part + partsOfTurn, partCount(length)) - 1;
    made.push(rootsOfParts(leaves.subarray(placeOfPart(part, length).start, placeOfPart(last, length).end)));
    await nextTurn();
  }
  return Buffer.concat(made);
}
