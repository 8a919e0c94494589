import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Facts } from '../../components/facts.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { useArchiveAct, useArchiveSchedule, type ArchiveSchedule } from './archive-queries.js';
import { ScheduleDialog } from './schedule-dialog.js';

/** The archive that is made once a day by itself. */
export function Schedule() {
  const t = useTexts();
  const { data, error, refetch } = useArchiveSchedule();
  const [asked, setAsked] = useState<'set' | 'remove'>();
  const remove = useArchiveAct(() => answerOf(api.DELETE('/rcs/archive-schedule')));
  const close = (): void => setAsked(undefined);
  return (
    <section className="card stack" aria-labelledby="schedule">
      <h2 id="schedule">{t('archives.schedule')}</h2>
      {error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <>
          {data === null ? <p className="quiet">{t('archives.noSchedule')}</p> : <ScheduleFacts schedule={data} />}
          <div className="actions">
            <Button onPress={() => setAsked('set')}>
              {data === null ? t('archives.setSchedule') : t('archives.changeSchedule')}
            </Button>
            {data !== null && (
              <Button kind="danger" onPress={() => setAsked('remove')}>
                {t('archives.removeSchedule')}
              </Button>
            )}
          </div>
          {asked === 'set' && <ScheduleDialog schedule={data} onClose={close} />}
        </>
      )}
      {asked === 'remove' && (
        <ConfirmDialog
          name="remove-archive-schedule"
          title={t('archives.removeSchedule')}
          confirmText={t('archives.removeSchedule')}
          isDangerous
          onConfirm={() => remove.mutateAsync(undefined)}
          onClose={close}
        >
          <p>{t('archives.removeScheduleText')}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function ScheduleFacts({ schedule }: { readonly schedule: ArchiveSchedule }) {
  const t = useTexts();
  const { time } = useFormats();
  const { at, age, reason, destination, setBy, setAt, lastDay } = schedule;
  return (
    <Facts
      facts={[
        [t('archives.at'), at],
        [t('archives.recordings'), t('archives.age', { from: age.minimumDays, until: age.maximumDays })],
        [t('recordings.reason'), reason],
        [t('archives.lies'), <code key="lies">{`${destination.storage}: ${destination.path}`}</code>],
        [t('archives.lastDay'), lastDay],
        [t('archives.setBy'), `${setBy}, ${time(setAt)}`],
      ]}
    />
  );
}
