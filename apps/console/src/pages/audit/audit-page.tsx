import { useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { Badge, type BadgeKind } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Page } from '../../components/page.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { everything, useAudit, type AuditRecord } from './audit-queries.js';
import { aboutOf } from './about.js';
import { AuditRecordDialog } from './audit-record-dialog.js';
import { AuditSearchForm } from './audit-search-form.js';

/** Who did what, and proof of it. */
export function Component() {
  const t = useTexts();
  const [search, setSearch] = useState(everything);
  const [opened, setOpened] = useState<AuditRecord>();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useAudit(search);
  const records = data?.pages.flatMap(page => page.records) ?? [];
  return (
    <Page title={t('nav.audit')} actions={<Button onPress={() => void refetch()}>{t('app.refresh')}</Button>}>
      <AuditSearchForm search={search} onSearch={setSearch} />
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <AuditTable records={records} onOpen={setOpened} />
      )}
      {hasNextPage && (
        <div>
          <Button isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {t('audit.more')}
          </Button>
        </div>
      )}
      {opened !== undefined && <AuditRecordDialog record={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  );
}

const kinds: Readonly<Record<AuditRecord['outcome'], BadgeKind>> = {
  allowed: 'good',
  done: 'good',
  refused: 'warning',
  failed: 'danger',
  aborted: 'danger',
};
const keyOf = ({ writer, sequence }: AuditRecord): string => `${writer} ${String(sequence)}`;

interface TableProperties {
  readonly records: readonly AuditRecord[];
  readonly onOpen: (record: AuditRecord | undefined) => void;
}

function AuditTable({ records, onOpen }: TableProperties) {
  const t = useTexts();
  const { time } = useFormats();
  return (
    <div className="table-frame">
      <Table
        className="table"
        aria-label={t('nav.audit')}
        onRowAction={key => onOpen(records.find(record => keyOf(record) === key))}
      >
        <TableHeader>
          <Column isRowHeader>{t('audit.time')}</Column>
          <Column>{t('audit.event')}</Column>
          <Column>{t('audit.outcome')}</Column>
          <Column>{t('audit.user')}</Column>
          <Column>{t('audit.about')}</Column>
          <Column>{t('audit.address')}</Column>
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{t('audit.empty')}</p>}>
          {records.map(record => (
            <Row key={keyOf(record)} id={keyOf(record)}>
              <Cell>{time(record.time)}</Cell>
              <Cell>{record.event}</Cell>
              <Cell>
                <Badge kind={kinds[record.outcome]}>{t(`audit.outcome.${record.outcome}`)}</Badge>
              </Cell>
              <Cell>{record.user ?? ''}</Cell>
              <Cell className="long">{aboutOf(record)}</Cell>
              <Cell>{record.address ?? ''}</Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
