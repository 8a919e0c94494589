import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { answerOf, api } from '../../api/client.js';
import { onServer } from '../../api/server.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Facts } from '../../components/facts.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { sizeText } from '../../texts/size-text.js';
import { useFormats } from '../../texts/use-formats.js';
import { useSpeech, useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from '../system/simple-table.js';
import { useArchiveAct, useArchiveJob, type ArchiveJobWithParts } from './archive-queries.js';
import { badgeOf, isOpen, selectionText } from './archive-texts.js';

/** One archive: how far it is, its parts to take along, and what was left out. */
export function Component() {
  const t = useTexts();
  const { id = '' } = useParams();
  const [after, setAfter] = useState(0);
  const { data, error, isPending, refetch } = useArchiveJob(id, after);
  return (
    <Page title={data?.name ?? t('archives.archive')} actions={<Link to="/archives">{t('archives.back')}</Link>}>
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <>
          <Job job={data} />
          <Parts job={data} />
          {(after > 0 || data.next !== undefined) && (
            <nav className="actions" aria-label={t('archives.pages')}>
              <Button isDisabled={after === 0} onPress={() => setAfter(0)}>
                {t('archives.first')}
              </Button>
              <Button isDisabled={data.next === undefined} onPress={() => setAfter(data.next ?? 0)}>
                {t('archives.next')}
              </Button>
            </nav>
          )}
          {data.leftOut.length > 0 && <LeftOut job={data} />}
        </>
      )}
    </Page>
  );
}

function Job({ job }: { readonly job: ArchiveJobWithParts }) {
  const { t, language } = useSpeech();
  const formats = useFormats();
  const { reason, state, counts, destination, createdBy, createdAt, updatedAt, scheduledFor, waiting, error } = job;
  return (
    <section className="card stack" aria-label={t('archives.archive')}>
      {error !== undefined && <Notice kind="danger">{error.text}</Notice>}
      {waiting !== undefined && <Notice kind="warning">{t('archives.waitsFor', { reason: waiting })}</Notice>}
      <Facts
        facts={[
          [
            t('archives.state'),
            <Badge key="state" kind={badgeOf(job)}>
              {t(`archives.state.${state}`)}
            </Badge>,
          ],
          [
            t('archives.progress'),
            <span key="progress" role="status">
              {t('archives.counts', { ...counts, size: sizeText(counts.bytes, language) })}
            </span>,
          ],
          [t('recordings.reason'), reason],
          [t('archives.recordings'), selectionText(job, t, formats)],
          [t('archives.lies'), <code key="lies">{`${destination.storage}: ${destination.path}`}</code>],
          [t('archives.scheduledFor'), scheduledFor],
          [t('archives.asked'), `${createdBy}, ${formats.time(createdAt)}`],
          [t('archives.changed'), formats.time(updatedAt)],
        ]}
      />
      {isOpen(job) && <Acts job={job} />}
    </section>
  );
}

function Acts({ job: { id, name, state } }: { readonly job: ArchiveJobWithParts }) {
  const t = useTexts();
  const [isCancelling, setCancelling] = useState(false);
  const params = { path: { id } };
  const act = useArchiveAct((kind: 'pause' | 'resume') =>
    answerOf(
      kind === 'pause'
        ? api.POST('/rcs/archive-jobs/{id}/pause', { params })
        : api.POST('/rcs/archive-jobs/{id}/resume', { params }),
    ),
  );
  const cancel = useArchiveAct(() => answerOf(api.DELETE('/rcs/archive-jobs/{id}', { params })));
  return (
    <>
      <div className="actions">
        <Button isPending={act.isPending} onPress={() => act.mutate(state === 'running' ? 'pause' : 'resume')}>
          {state === 'running' ? t('archives.pause') : t('archives.resume')}
        </Button>
        <Button kind="danger" onPress={() => setCancelling(true)}>
          {t('archives.cancel')}
        </Button>
      </div>
      {act.error !== null && <Failure error={act.error} />}
      {isCancelling && (
        <ConfirmDialog
          name="cancel-archive"
          title={t('archives.cancelTitle', { name })}
          confirmText={t('archives.cancel')}
          isDangerous
          onConfirm={() => cancel.mutateAsync(undefined)}
          onClose={() => setCancelling(false)}
        >
          <p>{t('archives.cancelText')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Parts({ job: { id, name, parts } }: { readonly job: ArchiveJobWithParts }) {
  const { t, language } = useSpeech();
  const { time, number } = useFormats();
  return (
    <SimpleTable
      title={t('archives.parts')}
      columns={[
        t('archives.part'),
        t('archives.recordingCount'),
        t('recordings.size'),
        t('archives.finished'),
        t('archives.sha256'),
        t('recordings.download'),
      ]}
      rows={parts.map(part => [
        `${name}-${String(part.number).padStart(4, '0')}.zip`,
        number(part.recordings),
        sizeText(part.length, language),
        time(part.finishedAt),
        <code key="hash" className="long">
          {part.sha256}
        </code>,
        // A link, not a request of the page: the browser goes on with it where it broke off, and it may be copied.
        <a
          key="download"
          href={onServer(`/rcs/archive-jobs/${encodeURIComponent(id)}/parts/${part.number}`)}
          aria-label={t('archives.downloadOf', { number: part.number })}
          download
        >
          {t('recordings.download')}
        </a>,
      ])}
      emptyText={t('archives.noParts')}
    />
  );
}

function LeftOut({ job: { leftOut, counts } }: { readonly job: ArchiveJobWithParts }) {
  const t = useTexts();
  return (
    <>
      <SimpleTable
        title={t('archives.leftOut')}
        columns={[t('audit.recording'), t('audit.mediaFile'), t('system.reason')]}
        rows={leftOut.map(({ recording, mediaFile, code, reason }) => [
          recording,
          mediaFile ?? '',
          `${reason} (${code})`,
        ])}
        emptyText={t('app.none')}
      />
      {counts.leftOut > leftOut.length && <p className="quiet">{t('archives.moreLeftOut')}</p>}
    </>
  );
}
