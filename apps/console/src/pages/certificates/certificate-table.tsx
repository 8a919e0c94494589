import { useMemo, useState } from 'react';
import {
  Cell,
  Column,
  Row,
  Table,
  TableBody,
  TableHeader,
  type Selection,
  type SortDescriptor,
} from 'react-aria-components';
import { Checkbox } from '../../components/checkbox.js';
import type { TextKey } from '../../texts/en.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { CertificateStatus } from './certificate-status.js';
import type { Certificate } from './certificate-queries.js';

export type CertificateColumn =
  'subjectName' | 'serialNumber' | 'issuedBy' | 'expires' | 'deployedCount' | 'recordings' | 'status' | 'alias' | 'key';

/** The seed's columns in its words, and those of the other hosting variant. */
const titles = {
  subjectName: 'certificates.issuedTo',
  serialNumber: 'certificates.serialNo',
  issuedBy: 'certificates.issuedBy',
  expires: 'certificates.expires',
  deployedCount: 'certificates.deployedCount',
  recordings: 'certificates.recordings',
  status: 'certificates.status',
  alias: 'certificates.alias',
  key: 'certificates.key',
} as const satisfies Readonly<Record<CertificateColumn, TextKey>>;

interface Properties {
  readonly label: string;
  readonly columns: readonly CertificateColumn[];
  readonly certificates: readonly Certificate[];
  readonly emptyText: string;
  readonly onOpen?: (alias: string) => void;
  /** The aliases that are chosen, where rows have check boxes. */
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (aliases: ReadonlySet<string>) => void;
}

/** A list of certificates, in the order that a click on a column chooses. */
export function CertificateTable({ label, columns, certificates, emptyText, onOpen, selected, onSelect }: Properties) {
  const t = useTexts();
  const [sort, setSort] = useState<SortDescriptor>();
  const rows = useMemo(() => sorted(certificates, sort), [certificates, sort]);
  const isSelectable = onSelect !== undefined;

  return (
    <div className="table-frame">
      <Table
        className="table"
        aria-label={label}
        {...(sort === undefined ? {} : { sortDescriptor: sort })}
        onSortChange={setSort}
        selectionMode={isSelectable ? 'multiple' : 'none'}
        {...(selected === undefined ? {} : { selectedKeys: selected })}
        onSelectionChange={selection => onSelect?.(aliasesOf(selection, rows))}
        {...(onOpen === undefined ? {} : { onRowAction: key => onOpen(String(key)) })}
      >
        <TableHeader>
          {isSelectable && (
            <Column>
              <Checkbox slot="selection" />
            </Column>
          )}
          {columns.map((column, index) => (
            <Column key={column} id={column} isRowHeader={index === 0} allowsSorting className={classOf(column)}>
              {({ sortDirection }) => (
                <>
                  {t(titles[column])}
                  <span aria-hidden="true">{sortDirection && (sortDirection === 'ascending' ? ' ▲' : ' ▼')}</span>
                </>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{emptyText}</p>}>
          {rows.map(certificate => (
            <Row key={certificate.alias} id={certificate.alias} textValue={certificate.subjectName}>
              {isSelectable && (
                <Cell>
                  <Checkbox slot="selection" />
                </Cell>
              )}
              {columns.map(column => (
                <Cell key={column} className={classOf(column)}>
                  <CellContent column={column} certificate={certificate} />
                </Cell>
              ))}
            </Row>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

const classes: Readonly<Partial<Record<CertificateColumn, string>>> = {
  subjectName: 'name',
  serialNumber: 'long',
  key: 'long',
  deployedCount: 'number',
  recordings: 'number',
};
const classOf = (column: CertificateColumn): string => classes[column] ?? '';

function CellContent({
  column,
  certificate,
}: {
  readonly column: CertificateColumn;
  readonly certificate: Certificate;
}) {
  const { date, number } = useFormats();
  switch (column) {
    case 'expires':
      return date(certificate.expires);
    case 'status':
      return <CertificateStatus certificate={certificate} />;
    case 'recordings':
      return certificate.recordings === undefined ? '' : number(certificate.recordings);
    case 'key':
      return <code>{certificate.keyDetails.identifier}</code>;
    default:
      return String(certificate[column]);
  }
}

function aliasesOf(selection: Selection, rows: readonly Certificate[]): ReadonlySet<string> {
  return new Set(selection === 'all' ? rows.map(({ alias }) => alias) : [...selection].map(String));
}

function sorted(certificates: readonly Certificate[], sort: SortDescriptor | undefined): readonly Certificate[] {
  if (sort === undefined) return certificates;
  const column = sort.column as CertificateColumn;
  const direction = sort.direction === 'descending' ? -1 : 1;
  const value = (certificate: Certificate): string | number =>
    column === 'key' ? (certificate.keyDetails.identifier ?? '') : (certificate[column] ?? 0);
  return certificates.toSorted((left, right) => direction * compared(value(left), value(right)));
}

/** Serial numbers have more digits than numbers of the browser. */
const compared = (left: string | number, right: string | number): number =>
  typeof left === 'number' && typeof right === 'number'
    ? left - right
    : String(left).localeCompare(String(right), undefined, { numeric: true });
