import { useQueryClient } from '@tanstack/react-query';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Page } from '../../components/page.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { sizeText } from '../../texts/size-text.js';
import { useFormats } from '../../texts/use-formats.js';
import { useSpeech, useTexts } from '../../texts/use-texts.js';
import { archivesChanged, useArchiveJobs, type ArchiveJob } from './archive-queries.js';
import { badgeOf, selectionText } from './archive-texts.js';
import { KeptArchives } from './kept-archives.js';
import { MakeArchiveDialog } from './make-archive-dialog.js';
import { Schedule } from './schedule.js';

/**
 * Archives that are made into storages, and the one of each day; archives that keys are kept for, those of `?certificate` alone
 * where it is in the address. `?make` there opens the dialog that makes one, with the search that stands there beside it.
 */
export function Component() {
  const t = useTexts();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const queries = useQueryClient();
  const { me } = useSession();
  const isAdministrator = rights.archives(me);
  const close = (): void => setParameters(new URLSearchParams());
  return (
    <Page
      title={t('nav.archives')}
      actions={
        <>
          <Button onPress={() => void archivesChanged(queries)}>{t('app.refresh')}</Button>
          {isAdministrator && (
            <Button kind="primary" onPress={() => setParameters(new URLSearchParams({ make: '' }))}>
              {t('archives.make')}
            </Button>
          )}
        </>
      }
    >
      {isAdministrator && (
        <>
          <Jobs />
          <Schedule />
        </>
      )}
      {rights.administerCertificates(me) && <KeptArchives certificate={parameters.get('certificate') ?? undefined} />}
      {isAdministrator && parameters.has('make') && (
        <MakeArchiveDialog
          parameters={parameters}
          onClose={close}
          onMade={id => void navigate(`/archives/${encodeURIComponent(id)}`)}
        />
      )}
    </Page>
  );
}

function Jobs() {
  const t = useTexts();
  const navigate = useNavigate();
  const { data, error, isPending, refetch } = useArchiveJobs();
  if (isPending) return <Loading />;
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <div className="table-frame">
      <Table
        className="table"
        aria-label={t('archives.list')}
        onRowAction={id => void navigate(`/archives/${encodeURIComponent(String(id))}`)}
      >
        <TableHeader>
          <Column isRowHeader>{t('archives.archive')}</Column>
          <Column>{t('archives.state')}</Column>
          <Column>{t('archives.progress')}</Column>
          <Column>{t('archives.recordings')}</Column>
          <Column>{t('archives.asked')}</Column>
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{t('archives.none')}</p>}>
          {data.map(job => (
            <JobRow key={job.id} job={job} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function JobRow({ job }: { readonly job: ArchiveJob }) {
  const { t, language } = useSpeech();
  const formats = useFormats();
  const { id, name, reason, counts, createdAt, createdBy, scheduledFor, waiting } = job;
  const size = sizeText(counts.bytes, language);
  return (
    <Row id={id} textValue={name}>
      <Cell>
        <Link to={`/archives/${encodeURIComponent(id)}`} onClick={event => event.stopPropagation()}>
          {name}
        </Link>
        <div className="quiet">{reason}</div>
      </Cell>
      <Cell>
        <Badge kind={badgeOf(job)}>{t(`archives.state.${job.state}`)}</Badge>
        {waiting !== undefined && <div className="quiet">{t('archives.waits')}</div>}
      </Cell>
      <Cell>{t('archives.counts', { ...counts, size })}</Cell>
      <Cell>{selectionText(job, t, formats)}</Cell>
      <Cell>
        {scheduledFor === undefined ? createdBy : t('archives.ofDay', { day: scheduledFor })}
        <div className="quiet">{formats.time(createdAt)}</div>
      </Cell>
    </Row>
  );
}
