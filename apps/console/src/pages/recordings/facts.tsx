import { clockText } from '../../player/place-in-link.js';
import type { RecordingResource } from '../../player/timeline.js';
import { useSpeech } from '../../texts/use-texts.js';
import { agentsOf, callerOf, dateText, dialedOf, isEncrypted, lengthOf, timeText } from './shown.js';

/** What the recorder and this server know of a recording. */
export function Facts({ recording }: { readonly recording: RecordingResource }) {
  const { t, language } = useSpeech();
  const { id, startTime, stopTime, region, mediaFiles, expiryTime, seen, seenTime } = recording;
  const all = (values: readonly (string | undefined)[]): string => [...new Set(values.filter(Boolean))].join(', ');
  const facts = [
    [t('recordings.caller'), callerOf(recording)],
    [t('recordings.dialed'), dialedOf(recording)],
    [t('recordings.agent'), agentsOf(recording).join(', ')],
    [t('recordings.start'), timeText(startTime, language)],
    [t('recordings.end'), timeText(stopTime, language)],
    [t('recordings.length'), clockText(lengthOf(recording))],
    [t('recordings.expiry'), dateText(expiryTime, language) ?? t('recordings.never')],
    [
      t('recordings.certificates'),
      isEncrypted(recording) ? all(mediaFiles.flatMap(({ certAlias = [] }) => certAlias)) : t('recordings.plain'),
    ],
    [t('recordings.profile'), all(mediaFiles.map(({ ivrprofile }) => ivrprofile))],
    [t('recordings.seen'), seen ? timeText(seenTime, language) : t('recordings.notSeen')],
    [t('recordings.region'), region],
    [t('recordings.id'), id],
  ] as const;
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">{t('recordings.facts')}</h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
