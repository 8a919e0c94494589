import { useId, useState } from 'react';
import { Link } from 'react-router';
import { Badge, type BadgeKind } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { TableFrame } from '../system/simple-table.js';
import { useKeptArchives, type KeptArchive } from './kept-archive-queries.js';
import { ReleaseDialog } from './release-dialog.js';

const kinds: Readonly<Record<KeptArchive['state'], BadgeKind>> = {
  making: 'neutral',
  sealed: 'warning',
  whole: 'good',
  'broken-off': 'warning',
};

/**
 * Archives that were made here and that private keys are kept for, until somebody says that nobody needs one any more.
 * @param certificate the alias of the one whose key they need; undefined for all of them
 */
export function KeptArchives({ certificate }: { readonly certificate: string | undefined }) {
  const t = useTexts();
  const id = useId();
  const [releasing, setReleasing] = useState<KeptArchive>();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useKeptArchives(certificate);
  return (
    <section className="stack" aria-labelledby={id}>
      <h2 id={id}>{t('kept.title')}</h2>
      <p className="quiet">{t('kept.text')}</p>
      {certificate !== undefined && (
        <p>
          {t('kept.ofCertificate', { alias: certificate })} <Link to="/archives">{t('kept.all')}</Link>
        </p>
      )}
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Archives
          labelledBy={id}
          archives={data?.pages.flatMap(({ archives }) => archives)}
          emptyText={certificate === undefined ? t('kept.none') : t('kept.noneOf', { alias: certificate })}
          onRelease={setReleasing}
        />
      )}
      {hasNextPage && (
        <div>
          <Button isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {t('kept.more')}
          </Button>
        </div>
      )}
      {releasing !== undefined && <ReleaseDialog archive={releasing} onClose={() => setReleasing(undefined)} />}
    </section>
  );
}

interface ArchivesProperties {
  readonly labelledBy: string;
  /** undefined while they are read. */
  readonly archives: readonly KeptArchive[] | undefined;
  readonly emptyText: string;
  readonly onRelease: (archive: KeptArchive) => void;
}

function Archives({ labelledBy, archives, emptyText, onRelease }: ArchivesProperties) {
  const t = useTexts();
  const { time, number } = useFormats();
  return (
    <TableFrame
      labelledBy={labelledBy}
      columns={[
        t('kept.made'),
        t('archives.state'),
        t('system.mediaFiles'),
        t('archives.asked'),
        t('kept.recipient'),
        t('kept.lastSeen'),
        t('users.act'),
      ]}
      rows={archives?.map(archive => [
        <Made key="made" archive={archive} />,
        <Badge key="state" kind={kinds[archive.state]}>
          {t(`kept.state.${archive.state}`)}
        </Badge>,
        number(archive.mediaFiles),
        <div key="asked">
          {archive.requestedBy}
          <div className="quiet">{archive.reason}</div>
        </div>,
        archive.recipient?.subject ?? '',
        time(archive.lastSeenAt),
        <Button
          key="release"
          aria-label={t('kept.releaseOf', { time: time(archive.begunAt), reason: archive.reason })}
          onPress={() => onRelease(archive)}
        >
          {t('kept.release')}
        </Button>,
      ])}
      emptyText={emptyText}
    />
  );
}

/** When it was made, and by which job, where whoever looks may see that. */
function Made({ archive: { begunAt, job } }: { readonly archive: KeptArchive }) {
  const t = useTexts();
  const { time } = useFormats();
  const { me } = useSession();
  return (
    <>
      {time(begunAt)}
      {job !== undefined && rights.archives(me) && (
        <div>
          <Link to={`/archives/${encodeURIComponent(job.id)}`}>{t('kept.part', { number: job.part })}</Link>
        </div>
      )}
    </>
  );
}
