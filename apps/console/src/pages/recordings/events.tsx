import type { RecordingResource } from '../../player/timeline.js';
import { useSpeech } from '../../texts/use-texts.js';
import { timeText } from './shown.js';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What the recorder saw happen. */
export function Events({ recording: { eventHistory = [] } }: { readonly recording: RecordingResource }) {
  const { t, language } = useSpeech();
  return (
    <section className="card" aria-labelledby="events">
      <h2 id="events">{t('recordings.events')}</h2>
      {eventHistory.length === 0 ? (
        <p className="quiet">{t('recordings.noEvents')}</p>
      ) : (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('recordings.time')}</th>
                <th scope="col">{t('recordings.event')}</th>
                <th scope="col">{t('recordings.who')}</th>
              </tr>
            </thead>
            <tbody>
              {eventHistory.map(({ occurredAt, event, contact }, index) => (
                <tr key={index}>
                  <td>{timeText(textOf(occurredAt), language) ?? textOf(occurredAt)}</td>
                  <td>{textOf(event)}</td>
                  <td>{whoIs(contact)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function whoIs(contact: unknown): string | undefined {
  if (typeof contact !== 'object' || contact === null) return undefined;
  const { userName, phoneNumber } = contact as { readonly userName?: unknown; readonly phoneNumber?: unknown };
  return textOf(userName) ?? textOf(phoneNumber);
}
