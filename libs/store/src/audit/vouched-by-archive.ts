import type { AuditCheckpoint } from './audit-log.js';
import type { ArchivedChain } from './audit-retention.js';
import { foldSubtrees } from './merkle-tree.js';

/** The root of the tree over an archived part, hexadecimal. */
const rootOfArchived = ({ subtrees }: ArchivedChain): string =>
  foldSubtrees(subtrees.map(node => Buffer.from(node, 'hex'))).toString('hex');

/** What a seal says of the records, in the form in which checkpoints do. */
export function vouchedByArchive(chain: ArchivedChain): AuditCheckpoint {
  const { writer, size, hash } = chain;
  return { writer, sequence: size - 1, hash, root: rootOfArchived(chain), time: 'the end of an archive' };
}
