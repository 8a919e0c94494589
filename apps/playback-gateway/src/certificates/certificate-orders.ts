import type { RecordingCertificate } from '#store';
import { summariesOf, type CertificateSummary } from '../envelopes/certificate-summary.js';
import { certificateFields } from './certificate-resource.js';
import { inOrder, type ColumnValue, type ConstantColumn } from './certificate-page.js';

/** Of one list, those that were asked for last: people look at few, and each has a place for every certificate. */
const mostKept = 4;

/**
 * Lists of certificates in the order of a column that is the same as long as the list is. A store answers the same list until a
 * certificate changes, so that each order is made once; it goes with its list.
 */
export class CertificateOrders {
  private readonly kept = new WeakMap<readonly RecordingCertificate[], Map<string, readonly RecordingCertificate[]>>();

  /** @param descending equal values keep the order of their aliases all the same. */
  async of(
    list: readonly RecordingCertificate[],
    column: ConstantColumn,
    descending: boolean,
  ): Promise<readonly RecordingCertificate[]> {
    const name = `${descending ? '-' : ''}${column}`;
    const orders = this.kept.get(list) ?? new Map<string, readonly RecordingCertificate[]>();
    this.kept.set(list, orders);
    const known = orders.get(name);
    if (known !== undefined) {
      orders.delete(name);
      orders.set(name, known);
      return known;
    }
    const ordered = inOrder(await this.valued(list, column), descending).map(({ row }) => row);
    const [oldest] = orders.keys();
    if (orders.size >= mostKept && oldest !== undefined) orders.delete(oldest);
    orders.set(name, ordered);
    return ordered;
  }

  private async valued(list: readonly RecordingCertificate[], column: ConstantColumn) {
    if (column === 'alias' || column === 'createdAt')
      return list.map(row => ({ row, alias: row.alias, value: row[column] }));
    const summaries = await summariesOf(list);
    return list.map((row, index) => ({ row, alias: row.alias, value: valueIn(summaries[index], column) }));
  }
}

/** Serial numbers are decimal and longer than a number of JavaScript may be. */
function valueIn(
  summary: CertificateSummary | undefined,
  column: Exclude<ConstantColumn, 'alias' | 'createdAt'>,
): ColumnValue {
  if (summary === undefined) return '';
  const value = certificateFields(summary)[column];
  return column === 'serialNumber' ? BigInt(value) : value;
}
