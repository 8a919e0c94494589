import { randomBytes } from 'node:crypto';
import { contentTreePartBytes as part, leafCount, rootOfLeaves } from '#media-storage';
import type { MediaFile } from '#store';
import { findingOfContentTree } from './media-finding.js';

const mediaDescriptor = { storage: 'webDAV', path: 'call.bin' };
const mediaFile: MediaFile = { mediaId: 'call.bin', leaf: 'leaf.mp3', type: 'audio/mp3', mediaDescriptor };

describe(findingOfContentTree.name, () => {
  function findingOf(length: number) {
    const leaves = randomBytes(32 * leafCount(length));
    const root = rootOfLeaves(leaves);
    const finding = findingOfContentTree(
      mediaFile,
      { layout: 'plain' },
      { length, root, leaves: leaves.toString('base64') },
    );
    return { leaves, root, finding };
  }

  it('pins root and leaves, and of a large tree the roots of its parts', () => {
    const { leaves, root, finding } = findingOf(4 * part + 1);
    expect(finding.leaves).toEqual(leaves);
    expect(finding.pin.contentRoot).toBe(root);
    expect(rootOfLeaves(Buffer.from(finding.pin.contentPartRoots ?? '', 'base64'))).toBe(root);
  });

  it('pins no roots of parts of a tree that is sent whole', () => {
    expect(findingOf(4 * part).finding.pin).not.toHaveProperty('contentPartRoots');
  });
});
