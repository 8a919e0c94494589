import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { useSpeech } from '../../texts/use-texts.js';
import { releaseHold, type Outcome } from './acts.js';
import { OutcomeNotice } from './outcome-notice.js';
import { dateText, timeText } from './shown.js';

/** Who keeps it from being removed, and why; for administrators. */
export function Holds({ id, isHeld }: { readonly id: string; readonly isHeld: boolean }) {
  const { t, language } = useSpeech();
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome>();
  const { data, error } = useQuery({
    queryKey: ['recording', id, 'holds', isHeld],
    queryFn: ({ signal }) => answerOf(api.GET('/rcs/recordings/{id}/holds', { params: { path: { id } }, signal })),
  });
  const release = async (hold: string): Promise<void> => {
    setOutcome(await releaseHold(id, hold));
    await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('recording') });
  };
  const holds = data?.holds ?? [];
  return (
    <section className="card" aria-labelledby="holds">
      <h2 id="holds">{t('recordings.holds')}</h2>
      {error !== null && <Failure error={error} />}
      {data !== undefined && holds.length === 0 && <p className="quiet">{t('app.none')}</p>}
      <ul className="plain-list">
        {holds.map(({ id: hold, user, reason, time, until }) => (
          <li key={hold}>
            <strong>{reason}</strong>
            <span className="quiet">
              {t('recordings.heldBy', { user, time: timeText(time, language) ?? '' })}
              {until !== undefined && ` – ${dateText(until, language) ?? ''}`}
            </span>
            <Button onPress={() => void release(hold)}>{t('recordings.release')}</Button>
          </li>
        ))}
      </ul>
      {outcome !== undefined && outcome.refused > 0 && <OutcomeNotice outcome={outcome} />}
    </section>
  );
}
