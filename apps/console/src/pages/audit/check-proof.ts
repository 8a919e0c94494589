import type { Schema } from '../../api/client.js';
import type { AuditRecord } from './audit-queries.js';

/** What the browser found out about a proof (docs/audit.md, Proving one record), step by step. */
export interface ProofFindings {
  /** The fields of the record are those that its hash covers. */
  readonly isRecordWhole: boolean;
  /** The hash leads, by the path, to a root that the checkpoint names for the writer. */
  readonly isInTree: boolean;
}

const personal = ['user', 'address', 'detail'] as const;
const bytes = new TextEncoder();

/**
 * Computes the proof again, from the record to the root. Whether the checkpoint was signed by a gateway only the authority of
 * the cluster can tell: `rcsctl audit verify-proof`.
 */
export async function checkProof({ record, size, path, checkpoint }: Schema<'AuditProof'>): Promise<ProofFindings> {
  const isRecordWhole = (await hashOf(record)) === record.hash;
  const root = await rootOf(fromHex(record.hash), record.sequence, size, path.map(fromHex));
  const named = headsIn(checkpoint).some(
    head => head.writer === record.writer && head.size === size && head.root === root,
  );
  return { isRecordWhole, isInTree: named };
}

async function hashOf(record: AuditRecord): Promise<string> {
  const { salts = {}, erased = {} } = record;
  const rest = { ...record, hash: undefined, salts: undefined, erased: undefined };
  const covered = record.version === 2 ? { ...rest, ...(await withCommitments(rest, salts, erased)) } : rest;
  return toHex(await sha256(bytes.encode(record.previousHash + canonical(covered))));
}

/** Personal fields are covered by commitments, which stay when a field is erased. */
async function withCommitments(
  record: Pick<AuditRecord, (typeof personal)[number]>,
  salts: NonNullable<AuditRecord['salts']>,
  erased: NonNullable<AuditRecord['erased']>,
) {
  const commitments: Record<string, string> = {};
  for (const name of personal) {
    const [value, salt, gone] = [record[name], salts[name], erased[name]];
    if (gone !== undefined) commitments[name] = gone;
    else if (value !== undefined && salt !== undefined)
      commitments[name] = toHex(await sha256(bytes.encode(`${salt}${name}=${value}`)));
  }
  return { user: undefined, address: undefined, detail: undefined, commitments };
}

/** RFC 8785 for what records hold: texts, whole numbers and objects of these. */
function canonical(value: object): string {
  const members = Object.entries(value as Readonly<Record<string, unknown>>).filter(
    ([, member]) => member !== undefined,
  );
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members
    .map(([name, member]) => {
      const text = typeof member === 'object' && member !== null ? canonical(member) : JSON.stringify(member);
      return `${JSON.stringify(name)}:${text}`;
    })
    .join(',')}}`;
}

/** RFC 9162 section 2.1.3.2. */
export async function rootOf(
  hash: Uint8Array<ArrayBuffer>,
  sequence: number,
  size: number,
  path: readonly Uint8Array<ArrayBuffer>[],
): Promise<string> {
  let [index, last] = [sequence, size - 1];
  let found = await sha256(joined([0], hash));
  for (const node of path) {
    if (index % 2 === 1 || index === last) {
      found = await sha256(joined([1], node, found));
      while (index % 2 === 0 && index !== 0) [index, last] = [half(index), half(last)];
    } else found = await sha256(joined([1], found, node));
    [index, last] = [half(index), half(last)];
  }
  return toHex(found);
}

const half = (value: number): number => Math.floor(value / 2);

/** The lines of a checkpoint that say how many records a writer has, and the root of its tree. */
function headsIn(checkpoint: string) {
  return [...checkpoint.matchAll(/^head (\S+) (\d+) \S+ (\S+)$/gm)].map(([, writer = '', size = '', root = '']) => ({
    writer: decodeURIComponent(writer),
    size: Number(size),
    root: root.toLowerCase(),
  }));
}

const sha256 = async (content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', content));
const toHex = (content: Uint8Array): string => Array.from(content, byte => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text.match(/../g) ?? [], digits => parseInt(digits, 16));
const joined = (...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap(part => Array.from(part)));
