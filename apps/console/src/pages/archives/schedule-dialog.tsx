import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import type { ArchiveSchedule } from './archive-queries.js';
import { OrderDialog } from './order-dialog.js';

interface Properties {
  /** The one that is set; null where none is. */
  readonly schedule: ArchiveSchedule | null;
  readonly onClose: () => void;
}

/** When an archive is made by itself, of which recordings, and where it goes. What cannot be said here stays as it was set. */
export function ScheduleDialog({ schedule, onClose }: Properties) {
  const t = useTexts();
  const [at, setAt] = useState(schedule?.at ?? '02:30');
  const [minimumDays, setMinimumDays] = useState(String(schedule?.age.minimumDays ?? 0));
  const [maximumDays, setMaximumDays] = useState(String(schedule?.age.maximumDays ?? 1));
  const { encryptPlainFor, recipientCertificate, plainMedia, parts } = schedule ?? {};
  const kept = Object.entries({ encryptPlainFor, recipientCertificate, plainMedia, parts });
  const rest = Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  const age = { minimumDays: Number(minimumDays), maximumDays: Number(maximumDays) };
  return (
    <OrderDialog
      name="archive-schedule"
      title={t('archives.schedule')}
      text={t('archives.scheduleText')}
      confirmText={t('app.save')}
      begun={schedule}
      order={order => answerOf(api.PUT('/rcs/archive-schedule', { body: { at, age, ...order, ...rest } }))}
      onOrdered={onClose}
      onClose={onClose}
    >
      <TextField label={t('archives.at')} type="time" value={at} onChange={setAt} isRequired autoFocus />
      <div className="field-pair">
        <TextField
          label={t('archives.minimumDays')}
          hint={t('archives.daysHint')}
          inputMode="numeric"
          pattern="\d{1,5}"
          value={minimumDays}
          onChange={setMinimumDays}
          isRequired
        />
        <TextField
          label={t('archives.maximumDays')}
          inputMode="numeric"
          pattern="\d{1,5}"
          value={maximumDays}
          onChange={setMaximumDays}
          isRequired
        />
      </div>
    </OrderDialog>
  );
}
