import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.js';
import type { RecordingResource } from '../../player/timeline.js';
import { mayUse } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useSpeech } from '../../texts/use-texts.js';
import { takeLabel, type Outcome } from './acts.js';
import { OutcomeNotice } from './outcome-notice.js';
import { timeText } from './shown.js';

/** What people have put on it, who, and when. */
export function Labels({ recording: { id, labels } }: { readonly recording: RecordingResource }) {
  const { t, language } = useSpeech();
  const { me } = useSession();
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome>();
  const take = async (name: string): Promise<void> => {
    setOutcome(await takeLabel(id, name));
    await queries.invalidateQueries({ queryKey: ['recording', id] });
    await queries.invalidateQueries({ queryKey: ['recordings'] });
  };
  return (
    <section className="card" aria-labelledby="labels">
      <h2 id="labels">{t('recordings.labels')}</h2>
      {labels.length === 0 && <p className="quiet">{t('app.none')}</p>}
      <ul className="plain-list">
        {labels.map(({ name, user, time }) => (
          <li key={name}>
            <strong>{name}</strong>
            <span className="quiet">{t('recordings.heldBy', { user, time: timeText(time, language) ?? '' })}</span>
            {(me.roles.includes('admin') || mayUse(me, 'delete-label')) && (
              <Button kind="plain" aria-label={t('recordings.removeLabel', { name })} onPress={() => void take(name)}>
                {t('app.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {outcome !== undefined && outcome.refused > 0 && <OutcomeNotice outcome={outcome} />}
    </section>
  );
}
