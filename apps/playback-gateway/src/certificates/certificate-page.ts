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
/** Columns that are as they are until the certificate itself, or what is stored of it, is another. */
export type ConstantColumn = Exclude<Column, ChangingColumn>;
/** Columns that depend on other things: assignments, recordings, keys in tokens and the time. */
export type ChangingColumn = 'deployedCount' | 'recordings' | 'status';
export type ColumnValue = string | number | bigint;

const changing: ReadonlySet<Column> = new Set<ChangingColumn>(['deployedCount', 'recordings', 'status']);

/** What a list is sorted by, and which way. */
export function orderOf({ sort }: Pick<CertificatePageQuery, 'sort'>): {
  readonly column: Column;
  readonly descending: boolean;
} {
  return { column: sort.replace('-', '') as Column, descending: sort.startsWith('-') };
}

export const isConstant = (column: Column): column is ConstantColumn => !changing.has(column);

export interface ValuedRow<Row> {
  readonly row: Row;
  readonly alias: string;
  readonly value: ColumnValue;
}

/** By size; equal values keep the order of their aliases. */
export function inOrder<Row>(rows: readonly ValuedRow<Row>[], descending: boolean): readonly ValuedRow<Row>[] {
  const direction = descending ? -1 : 1;
  return rows.toSorted(
    (left, right) => direction * bySize(left.value, right.value) || (left.alias < right.alias ? -1 : 1),
  );
}

/** What stands on the page, of rows in order, and how many there are. */
export const pageOf = <Row>(
  rows: readonly Row[],
  { offset, limit }: Pick<CertificatePageQuery, 'offset' | 'limit'>,
) => ({
  certificates: rows.slice(offset, offset + limit),
  total: rows.length,
  offset,
  limit,
});

/**
 * What stands on the page of rows that are sorted by these whole numbers, at the same places; equal ones keep the order of the
 * rows. Of a row that is not on the page nothing is made but one number. Numbers times rows stay below 2^53.
 */
export function pageBySize<Row>(
  rows: readonly Row[],
  values: readonly number[],
  isShown: (row: Row) => boolean,
  descending: boolean,
  { offset, limit }: Pick<CertificatePageQuery, 'offset' | 'limit'>,
) {
  const { length } = rows;
  const keys = new Float64Array(length);
  let total = 0;
  for (const [position, row] of rows.entries()) {
    if (!isShown(row)) continue;
    const value = values[position] ?? 0;
    keys[total++] = (descending ? -value : value) * length + position;
  }
  const page = keys
    .subarray(0, total)
    .sort()
    .subarray(offset, offset + limit);
  const shown = [...page].flatMap(key => {
    const position = ((key % length) + length) % length;
    return rows.slice(position, position + 1).map(row => ({ row, value: values[position] ?? 0 }));
  });
  return { shown, total, offset, limit };
}

const bySize = <T>(left: T, right: T): number => (left === right ? 0 : left < right ? -1 : 1);
