import { onServer } from '../../api/server.js';
import { clockText } from '../../player/place-in-link.js';
import type { RecordingResource } from '../../player/timeline.js';
import { sizeText } from '../../texts/size-text.js';
import { useSpeech } from '../../texts/use-texts.js';

/** The files that it consists of. */
export function MediaFiles({ recording: { mediaFiles } }: { readonly recording: RecordingResource }) {
  const { t, language } = useSpeech();
  return (
    <section className="card" aria-labelledby="media">
      <h2 id="media">{t('recordings.mediaFiles')}</h2>
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('recordings.type')}</th>
              <th scope="col">{t('recordings.length')}</th>
              <th scope="col">{t('recordings.size')}</th>
              <th scope="col">{t('recordings.download')}</th>
            </tr>
          </thead>
          <tbody>
            {mediaFiles.map(({ mediaId, type, duration, size, playPath }) => (
              <tr key={mediaId}>
                <td>{type}</td>
                <td className="number">{duration === undefined ? '' : clockText(Number(duration) / 1000)}</td>
                <td className="number">{size === undefined ? '' : sizeText(Number(size), language)}</td>
                <td>
                  <a
                    href={`${onServer(`/api/v2${playPath}`)}?download`}
                    aria-label={t('recordings.downloadOf', { name: mediaId })}
                    download
                  >
                    {t('recordings.download')}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
