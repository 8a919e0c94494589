import { hash } from 'node:crypto';
import { z } from 'zod';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const writerName = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** How far the chain of a writer went: records, hash of the last one, root of the tree above all of them. */
const headSchema = z.strictObject({ writer: writerName, size: count, hash: hex, root: hex });

const contentSchema = z.strictObject({
  writer: writerName,
  size: count,
  root: hex,
  number: count.min(1),
  state: z.enum(['opened', 'running', 'closed']),
  time: z.iso.datetime(),
  next: z.iso.datetime(),
  previous: hex.optional(),
  writers: count,
  headsDigest: hex,
  heads: z.array(headSchema),
});

export type CheckpointHead = Readonly<z.output<typeof headSchema>>;

/**
 * What a gateway signs of the audit. `writer`, `size` and `root` are its own chain; `state` is where its process is; `next`:
 * until then its next checkpoint comes, while it lives; `previous`: the digest of the checkpoint of the number before,
 * whoever signed it. `heads` are at least those that changed since that one, or those of all writers; `writers` and
 * `headsDigest` stand for all of them.
 */
export type CheckpointContent = Omit<z.output<typeof contentSchema>, 'heads'> & {
  readonly heads: readonly CheckpointHead[];
};

const originPrefix = 'recording-crypto-server/audit/';

/** The name of a writer's chain as a log, and of the key that signs for it. */
export const originOf = (writer: string): string => `${originPrefix}${encodeURIComponent(writer)}`;

/** SHA-256 over the lines of all heads in the order of their writers, hexadecimal. */
export function digestOfHeads(heads: readonly CheckpointHead[]): string {
  const lines = [...heads].sort((a, b) => (a.writer < b.writer ? -1 : 1)).map(head => `${headLine(head)}\n`);
  return hash('sha256', lines.join(''), 'hex');
}

/** Whether a checkpoint names the heads of all writers: what was said before is not needed to know them. */
export const namesAllHeads = ({ heads, writers }: Pick<CheckpointContent, 'heads' | 'writers'>): boolean =>
  heads.length === writers;

/** The text that is signed: a checkpoint of https://c2sp.org/tlog-checkpoint, all but its first three lines extensions. */
export function checkpointText(content: CheckpointContent, certificate: Buffer): string {
  const { writer, size, root, number, state, time, next, previous, writers, headsDigest, heads } = content;
  const lines = [
    originOf(writer),
    String(size),
    Buffer.from(root, 'hex').toString('base64'),
    `number ${number}`,
    `state ${state}`,
    `time ${time}`,
    `next ${next}`,
    `previous ${previous ?? 'none'}`,
    `heads ${writers} ${headsDigest}`,
    ...heads.map(headLine),
    `certificate ${certificate.toString('base64')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The content of such a text and the certificate in it; undefined when it is none, also when it is written in another way. */
export function parseCheckpointText(
  text: string,
): { readonly content: CheckpointContent; readonly certificate: Buffer } | undefined {
  const [origin = '', size = '', root = '', ...rest] = text.slice(0, -1).split('\n');
  const extensions = new Map(rest.filter(line => !line.startsWith('head ')).map(firstWord));
  const [writers = '', headsDigest = ''] = (extensions.get('heads') ?? '').split(' ');
  const previous = extensions.get('previous');
  const parsed = contentSchema.safeParse({
    writer: writerOf(origin),
    size,
    root: Buffer.from(root, 'base64').toString('hex'),
    number: extensions.get('number'),
    state: extensions.get('state'),
    time: extensions.get('time'),
    next: extensions.get('next'),
    ...(previous === 'none' ? {} : { previous }),
    writers,
    headsDigest,
    heads: rest.filter(line => line.startsWith('head ')).map(parseHead),
  });
  if (!parsed.success) return undefined;
  const certificate = Buffer.from(extensions.get('certificate') ?? '', 'base64');
  return checkpointText(parsed.data, certificate) === text ? { content: parsed.data, certificate } : undefined;
}

/** What stands in a checkpoint of a head, without the end of the line. */
export function headLine({ writer, size, hash: last, root }: CheckpointHead): string {
  return `head ${writer} ${size} ${last} ${root}`;
}

function parseHead(line: string): object {
  const [, writer, size, last, root] = line.split(' ');
  return { writer, size, hash: last, root };
}

function firstWord(line: string): readonly [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}

function writerOf(origin: string): string | undefined {
  try {
    return origin.startsWith(originPrefix) ? decodeURIComponent(origin.slice(originPrefix.length)) : undefined;
  } catch {
    return undefined;
  }
}
