import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { Badge } from '../../components/badge.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from './simple-table.js';

/** The server looks no more often. */
const refreshMs = 15_000;

/** Storages that the recordings of the contact center are read from, and whether they can be now. */
export function Storages() {
  const t = useTexts();
  const { time } = useFormats();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['system', 'storages'],
    queryFn: ({ signal }) => answerOf(api.GET('/rcs/storages', { signal })),
    refetchInterval: refreshMs,
  });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (isPending) return <Loading />;
  return (
    <>
      <SimpleTable
        title={t('system.storages')}
        columns={[
          t('system.storagePath'),
          t('system.state'),
          t('system.answers'),
          t('system.credentials'),
          t('system.tls'),
          t('system.setFor'),
          t('system.checked'),
        ]}
        rows={data.storages.map(storage => {
          const { location, setFor, reachable, credentials, tls, checkedAt } = storage;
          return [
            <code key="location">{location}</code>,
            <State key="state" storage={storage} />,
            reachable === undefined ? '' : t(reachable ? 'system.answers.yes' : 'system.answers.no'),
            credentials === undefined ? '' : t(`system.credentials.${credentials}`),
            tls === undefined ? '' : t(`system.tls.${tls}`),
            setFor ?? t('system.ofConfiguration'),
            time(checkedAt),
          ];
        })}
        emptyText={t('system.noStorage')}
      />
      {data.omitted > 0 && <p className="quiet">{t('system.moreStorages', { count: data.omitted })}</p>}
    </>
  );
}

function State({ storage: { problem, active } }: { readonly storage: Schema<'StorageState'> }) {
  const t = useTexts();
  return (
    <>
      <span className="badges">
        <Badge kind={problem === undefined ? 'good' : 'danger'}>
          {problem === undefined ? t('system.readable') : t('system.notReadable')}
        </Badge>
        {!active && <Badge>{t('system.inactive')}</Badge>}
      </span>
      {problem !== undefined && t(`system.problem.${problem}`)}
    </>
  );
}
