import { z } from 'zod';
import type { CertificateRow } from './certificate-resource.js';

/** Columns a list may be sorted by. */
const columns = [
  'alias',
  'issuedTo',
  'issuedBy',
  'serialNumber',
  'subjectDn',
  'issuerDn',
  'notBefore',
  'expires',
  'deployedCount',
  'recordings',
  'status',
  'createdAt',
] as const;

const flag = z.enum(['true', 'false']).transform(value => value === 'true');

export const certificatePageSchema = z.object({
  /** A column; with a minus in front the other way round. */
  sort: z
    .string()
    .regex(
      new RegExp(`^-?(${columns.join('|')})$`),
      `must be one of ${columns.join(', ')}, with - in front for descending`,
    )
    .default('alias'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  deleted: flag.default(false),
});

export type CertificatePageQuery = Readonly<z.output<typeof certificatePageSchema>>;

export interface CertificatePage {
  readonly certificates: readonly CertificateRow[];
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
}

type Column = (typeof columns)[number];

const columnOf = ({ sort }: Pick<CertificatePageQuery, 'sort'>): Column => sort.replace('-', '') as Column;

/** Columns that the store has itself: the rest of a row is then made for the page alone. */
export const isSortedByStored = (query: Pick<CertificatePageQuery, 'sort'>): boolean =>
  ['alias', 'createdAt'].includes(columnOf(query));

/** Whether the order needs the recordings of every certificate, and not of those on the page alone. */
export const isSortedByRecordings = (query: Pick<CertificatePageQuery, 'sort'>): boolean =>
  columnOf(query) === 'recordings';

type Columns = Pick<CertificateRow, 'alias'> & Partial<Pick<CertificateRow, Column>>;

/**
 * Sorts and cuts; equal values keep the order of their aliases.
 * @param columnsOf where a row is more than its columns; it has at least the one that the list is sorted by.
 */
export function certificatePage<Row = CertificateRow>(
  rows: readonly Row[],
  query: CertificatePageQuery,
  columnsOf: (row: Row) => Columns = row => row as Columns,
): Omit<CertificatePage, 'certificates'> & { readonly certificates: readonly Row[] } {
  const { sort, offset, limit } = query;
  const column = columnOf(query);
  const direction = sort.startsWith('-') ? -1 : 1;
  const sorted = rows
    .map(row => {
      const columns = columnsOf(row);
      return { row, alias: columns.alias, value: valueOf(columns, column) };
    })
    .sort((left, right) => direction * bySize(left.value, right.value) || (left.alias < right.alias ? -1 : 1));
  const certificates = sorted.slice(offset, offset + limit).map(({ row }) => row);
  return { certificates, total: rows.length, offset, limit };
}

/** Serial numbers are decimal and longer than a number of JavaScript may be. */
const valueOf = (columns: Columns, column: Column): string | number | bigint =>
  column === 'serialNumber' ? BigInt(columns.serialNumber ?? 0) : (columns[column] ?? '');

const bySize = <T>(left: T, right: T): number => (left === right ? 0 : left < right ? -1 : 1);
