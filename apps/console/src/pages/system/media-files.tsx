import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from './simple-table.js';

const key = ['system', 'media-files'] as const;

/** How far the media files of the contact center are inspected and proved, and which cannot be read. */
export function MediaFiles() {
  const t = useTexts();
  const { time } = useFormats();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => answerOf(api.GET('/rcs/recordings/index-status')),
  });
  const retry = useMutation({
    mutationFn: () => answerOf(api.POST('/rcs/recordings/index-status/retry')),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const { mediaFiles, inspected, proved, failing, givenUp, unknownRecordings, failures } = data;
  return (
    <>
      <SimpleTable
        title={t('system.mediaFiles')}
        columns={[
          t('system.mediaFiles'),
          t('system.inspected'),
          t('system.proved'),
          t('system.failing'),
          t('system.givenUp'),
          t('system.unknownRecordings'),
        ]}
        rows={[[mediaFiles, inspected, proved, failing, givenUp, unknownRecordings]]}
        emptyText=""
      />
      {failures.length > 0 && (
        <>
          <SimpleTable
            title={t('system.failures')}
            columns={[t('audit.recording'), t('system.reason'), t('system.nextStep'), t('system.nextAttempt')]}
            rows={failures.map(failure => [
              failure.recording,
              failure.reason,
              failure.nextStep,
              time(failure.nextAttempt),
            ])}
            emptyText=""
          />
          <div>
            <Button isPending={retry.isPending} onPress={() => retry.mutate()}>
              {t('system.retry')}
            </Button>
          </div>
        </>
      )}
      {retry.error !== null && <Failure error={retry.error} />}
      {unknownRecordings > 0 && <Notice kind="warning">{t('system.unknownText')}</Notice>}
    </>
  );
}
