import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Schema } from '../../api/client.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from './simple-table.js';

type Outcome = Schema<'CustodyProof'>['outcome'];

/** Each is opened: a page is done long before anybody stops to wait for it. */
const pageSize = 20;
const key = ['system', 'custody'] as const;
const outcomes = ['opens', 'opens-expired', 'plain', 'key-missing', 'storage-missing', 'damaged'] as const;
const lost: readonly Outcome[] = ['key-missing', 'storage-missing', 'damaged'];

/** Does every recording still open: what the last proof of each media file found, and those that are to be looked after. */
export function Custody() {
  const t = useTexts();
  const { time } = useFormats();
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: () => answerOf(api.GET('/rcs/custody')) });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const { mediaFiles, neverProved, oldestProof, outcomes: counts } = data;
  const found = outcomes.filter(outcome => (counts[outcome] ?? 0) > 0);
  return (
    <>
      <SimpleTable
        title={t('custody.title')}
        columns={[
          t('system.mediaFiles'),
          ...found.map(outcome => t(`custody.outcome.${outcome}`)),
          t('custody.neverProved'),
          t('custody.oldestProof'),
        ]}
        rows={[
          [
            mediaFiles,
            ...found.map(outcome => counts[outcome]),
            neverProved,
            oldestProof === undefined ? '' : time(oldestProof),
          ],
        ]}
        emptyText=""
      />
      <ProveAll mediaFiles={mediaFiles} />
      {lost
        .filter(outcome => (counts[outcome] ?? 0) > 0)
        .map(outcome => (
          <Lost key={outcome} outcome={outcome} />
        ))}
    </>
  );
}

/** Opens one page of media files after the other; whoever leaves ends it, and what was found is kept. */
function ProveAll({ mediaFiles }: { readonly mediaFiles: number }) {
  const t = useTexts();
  const queries = useQueryClient();
  const [proved, setProved] = useState<number>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      let after: string | undefined;
      let count = 0;
      do {
        setProved(count);
        const page: Schema<'CustodyPage'> = await answerOf(
          api.POST('/rcs/custody/proofs', { body: { limit: pageSize, ...(after === undefined ? {} : { after }) } }),
        );
        count += page.proofs.length;
        after = page.next;
      } while (after !== undefined);
      setProved(count);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <div className="actions">
      <Button isPending={isPending} onPress={() => mutate()}>
        {t('custody.prove')}
      </Button>
      {proved !== undefined && <span role="status">{t('custody.proved', { proved, of: mediaFiles })}</span>}
      {error !== null && <Failure error={error} />}
    </div>
  );
}

function Lost({ outcome }: { readonly outcome: Outcome }) {
  const t = useTexts();
  const { time } = useFormats();
  const { data, error, refetch } = useQuery({
    queryKey: [...key, outcome],
    queryFn: () => answerOf(api.GET('/rcs/custody/media-files', { params: { query: { outcome } } })),
  });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <SimpleTable
      title={t(`custody.outcome.${outcome}`)}
      columns={[
        t('audit.recording'),
        t('audit.mediaFile'),
        t('system.reason'),
        t('system.nextStep'),
        t('custody.provedAt'),
      ]}
      rows={data?.mediaFiles.map(({ recording, mediaFile, reason, nextStep, provedAt }) => [
        recording,
        mediaFile,
        <Badge key="reason" kind="danger">
          {reason ?? outcome}
        </Badge>,
        nextStep ?? '',
        time(provedAt),
      ])}
      emptyText={t('app.none')}
    />
  );
}
