import { hashedText, recordHash } from './audit-chain.js';
import type { AuditInclusion } from './audit-log.js';
import { leafOfRecord, rootFromPath } from './merkle-tree.js';

/**
 * The root of the tree, hexadecimal, that this proof leads to from the content of its record; undefined when the content does
 * not have the record's hash, or the path is none of such a tree. Whoever signed this root vouches for the record.
 */
export function provenRoot({ record, size, path }: AuditInclusion): string | undefined {
  const text = hashedText(record);
  if (text === undefined || recordHash(record.previousHash, text) !== record.hash) return undefined;
  const nodes = path.map(node => Buffer.from(node, 'hex'));
  if (nodes.some(node => node.length !== 32)) return undefined;
  return rootFromPath(leafOfRecord(record.hash), record.sequence, size, nodes)?.toString('hex');
}
