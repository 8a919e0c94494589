import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { Failure } from '../../components/failure.js';
import { clockText } from '../../player/place-in-link.js';
import type { RecordingResource } from '../../player/timeline.js';
import { useSpeech } from '../../texts/use-texts.js';
import { timeText } from './shown.js';

type Listener = Schema<'Listeners'>['listeners'][number];

/** From the audit; asking stands in it as well. */
export function Listeners({ recording: { id } }: { readonly recording: RecordingResource }) {
  const { t, language } = useSpeech();
  const { data, error } = useQuery({
    queryKey: ['listeners', id],
    queryFn: ({ signal }) => answerOf(api.GET('/rcs/recordings/{id}/listeners', { params: { path: { id } }, signal })),
    staleTime: 30_000,
  });
  return (
    <section className="card" aria-labelledby="listeners">
      <h2 id="listeners">{t('recordings.listeners')}</h2>
      {error !== null && <Failure error={error} />}
      {data?.listeners.length === 0 && <p className="quiet">{t('recordings.noListeners')}</p>}
      {data !== undefined && data.listeners.length > 0 && (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('recordings.who')}</th>
                <th scope="col">{t('recordings.lastTime')}</th>
                <th scope="col">{t('recordings.listenedTo')}</th>
              </tr>
            </thead>
            <tbody>
              {data.listeners.map((listener, index) => (
                <tr key={index}>
                  <td>{listener.user ?? t('recordings.erasedListener')}</td>
                  <td>{timeText(listener.lastTime, language)}</td>
                  <td>{partsOf(listener)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The stretches that somebody got, where the lengths are known. */
function partsOf({ mediaFiles }: Listener): string {
  const ranges = mediaFiles.flatMap(file => file.ranges);
  const parts = ranges.flatMap(({ fromSecond, toSecond }) =>
    fromSecond === undefined || toSecond === undefined ? [] : [`${clockText(fromSecond)}–${clockText(toSecond)}`],
  );
  return [...new Set(parts)].slice(0, 12).join(', ');
}
