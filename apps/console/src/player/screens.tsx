import { useEffect, useRef, useState } from 'react';
import { onServer } from '../api/server.js';
import { Button } from '../components/button.js';
import { useTexts } from '../texts/use-texts.js';
import type { CallPlayer } from './call-player.js';
import { Screen } from './screen.js';
import type { Track } from './timeline.js';
import type { MadePlayer } from './use-call-player.js';
import { ProblemOfMedia } from './problem-of-media.js';

/** All screens of the call, beside one another. */
export function Screens({ made, screens }: { readonly made: MadePlayer; readonly screens: readonly Track[] }) {
  const leads = made.element instanceof HTMLVideoElement;
  if (screens.length === 0 && !leads) return null;
  return (
    <div className="screens">
      {leads && <LeadingScreen element={made.element} />}
      {screens.map((track, index) => (
        <ScreenBeside key={track.mediaId} player={made.player} track={track} number={index + 1 + (leads ? 1 : 0)} />
      ))}
    </div>
  );
}

/** Where nothing is heard, the first screen is what plays. */
function LeadingScreen({ element }: { readonly element: HTMLMediaElement }) {
  const t = useTexts();
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    element.setAttribute('aria-label', t('player.screen', { number: 1 }));
    place.current?.prepend(element);
    return () => element.remove();
  }, [element, t]);
  return <figure className="screen" ref={place} />;
}

interface Beside {
  readonly player: CallPlayer;
  readonly track: Track;
  readonly number: number;
}

function ScreenBeside({ player, track, number }: Beside) {
  const t = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  const [isAway, setAway] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const { from, duration, playPath, mediaId } = track;

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    return player.add(new Screen(track, element, setAway));
    // A track is made anew whenever a length becomes known.
  }, [player, mediaId, from, duration]);

  const name = t('player.screen', { number });
  return (
    <figure className="screen">
      <video
        ref={video}
        className={isAway ? 'away' : ''}
        src={onServer(`/api/v2${playPath}`)}
        aria-label={name}
        preload="auto"
        muted
        playsInline
        onError={() => setFailed(true)}
      />
      {isAway && <p className="screen-away">{t('player.screenAway')}</p>}
      {hasFailed && <ProblemOfMedia playPath={playPath} retry={() => (setFailed(false), video.current?.load())} />}
      <figcaption>
        <span>{track.agent === undefined ? name : `${name} · ${track.agent}`}</span>
        <Button kind="plain" onPress={() => void video.current?.requestFullscreen()}>
          {t('player.fullScreen')}
        </Button>
      </figcaption>
    </figure>
  );
}
