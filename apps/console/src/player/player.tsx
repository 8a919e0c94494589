import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { ApiProblem } from '../api/problem.js';
import { Loading } from '../components/loading.js';
import { Notice } from '../components/notice.js';
import { useTexts } from '../texts/use-texts.js';
import { Channels } from './channels.js';
import { actOfKey, takesKey } from './keys.js';
import { marksOf } from './marks.js';
import { bucketsFor, joinedPeaks, type Peaks } from './peaks.js';
import { clockText as clock } from './place-in-link.js';
import { PlaceSlider } from './place-slider.js';
import { ProblemOfMedia } from './problem-of-media.js';
import { readPeaks } from './read-peaks.js';
import { Screens } from './screens.js';
import { silencesOf } from './silence.js';
import { timelineOf, type KnownDurations, type RecordingResource, type Timeline } from './timeline.js';
import { TranscriptPanel } from './transcript-panel.js';
import { Transport } from './transport.js';
import { useCallPlayer, usePlayerState, type MadePlayer } from './use-call-player.js';
import { WaveForm } from './wave-form.js';
import './player.css';

interface Properties {
  readonly recording: RecordingResource;
  /** Where a link leads to, in seconds; an object of its own for each time that somebody follows one. */
  readonly asked: { readonly place: number | undefined };
  /** Puts the place into the address. */
  readonly linkPlace: (place: number) => void;
}

/** Everything of a recording that can be heard and seen, on one line of time. */
export function Player({ recording, asked, linkPlace }: Properties) {
  const t = useTexts();
  const told = useMemo(() => timelineOf(recording.mediaFiles), [recording]);
  const peaks = usePeaks(told);
  const known: KnownDurations = useMemo(
    () => new Map(told.sounds.flatMap(({ mediaId }, index) => knownOf(mediaId, peaks[index]))),
    [told, peaks],
  );
  const [measured, setMeasured] = useState<KnownDurations>(new Map());
  const timeline = useMemo(
    () => timelineOf(recording.mediaFiles, new Map([...measured, ...known])),
    [recording, measured, known],
  );
  const made = useCallPlayer(timeline);
  useEffect(() => {
    if (asked.place !== undefined) made?.player.seek(asked.place);
  }, [made, asked]);
  // What neither the recorder nor the wave form tells: how long the media is.
  useEffect(
    () =>
      made?.player.onDuration((mediaId, seconds) => {
        if (told.sounds.some(track => track.mediaId === mediaId && track.duration === 0))
          setMeasured(before => new Map([...before, [mediaId, seconds]]));
      }),
    [made, told],
  );
  if (timeline.sounds.length === 0) return <Notice>{t('player.nothing')}</Notice>;
  if (made === undefined) return <Loading />;
  return <Shown {...{ recording, timeline, peaks, made, linkPlace }} />;
}

const knownOf = (mediaId: string, peaks: Peaks | undefined): [string, number][] =>
  peaks === undefined || peaks.duration === 0 ? [] : [[mediaId, peaks.duration]];

/** Wave forms of the sounds, as they come; screens have none. */
function usePeaks({ sounds, isScreenOnly }: Timeline): readonly (Peaks | undefined)[] {
  const asked = isScreenOnly ? [] : sounds;
  return useQueries({
    queries: asked.map(({ playPath, duration }) => ({
      queryKey: ['peaks', playPath],
      queryFn: ({ signal }: { signal: AbortSignal }) => readPeaks(playPath, duration, signal),
      staleTime: Infinity,
      // Where the server still decodes, it says so; where it cannot, there is none.
      retry: (count: number, error: Error) => count < 5 && error instanceof ApiProblem && error.status === 503,
    })),
    combine: results => results.map(({ data }) => data),
  });
}

interface ShownProperties extends Pick<Properties, 'recording' | 'linkPlace'> {
  readonly timeline: Timeline;
  readonly peaks: readonly (Peaks | undefined)[];
  readonly made: MadePlayer;
}

function Shown({ recording, timeline, peaks, made, linkPlace }: ShownProperties) {
  const t = useTexts();
  const { player } = made;
  const state = usePlayerState(player);
  const [copied, setCopied] = useState<'player.copied' | 'player.notCopied'>();
  const hasTriedAgain = useRef(false);
  const { sounds, duration } = timeline;
  const channels = useMemo(() => {
    if (peaks.every(one => one === undefined)) return [];
    const parts = sounds.map((track, index) => ({ duration: track.duration, channels: peaks[index]?.channels ?? [] }));
    return joinedPeaks(parts, bucketsFor(duration));
  }, [sounds, duration, peaks]);
  const marks = useMemo(() => marksOf(recording, timeline), [recording, timeline]);

  useEffect(() => player.setSilences(silencesOf(channels, duration)), [player, channels, duration]);
  // Where it stands is in the address: whoever copies that, or loads the page again, is there.
  useEffect(() => {
    if (!state.isPlaying && player.place > 0) linkPlace(player.place);
  }, [player, state.isPlaying, linkPlace]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || takesKey(event.target, event.key)) return;
    const act = actOfKey(event.key, event.shiftKey);
    if (act === undefined) return;
    event.preventDefault();
    act(player);
  };
  const copyLink = async (): Promise<void> => {
    linkPlace(player.place);
    try {
      await navigator.clipboard.writeText(window.location.href);
      setCopied('player.copied');
    } catch {
      // Browsers lend the clipboard to some pages, and not to others.
      setCopied('player.notCopied');
    }
  };
  const failed = state.failed === undefined ? undefined : sounds[state.failed];
  useEffect(() => {
    if (state.isPlaying && !state.isWaiting) hasTriedAgain.current = false;
  }, [state.isPlaying, state.isWaiting]);
  const tryAgainOnce = useCallback(() => {
    if (hasTriedAgain.current) return;
    hasTriedAgain.current = true;
    void player.play();
  }, [player]);
  const channelCount = Math.max(channels.length, 1);
  return (
    <section className="player" tabIndex={-1} aria-label={t('player.title')} onKeyDown={onKeyDown}>
      <div className="player-main">
        <Screens made={made} screens={timeline.screens} />
        <div className="card stack">
          {failed !== undefined && (
            <ProblemOfMedia playPath={failed.playPath} retry={() => void player.play()} onAnswered={tryAgainOnce} />
          )}
          {channels.length > 0 && <WaveForm {...{ player, channels, duration, marks, loop: state.loop }} />}
          <PlaceSlider player={player} duration={duration} />
          <Transport
            player={player}
            state={state}
            copyLink={() => void copyLink()}
            knowsSilence={channels.length > 0}
          />
          {copied !== undefined && <Notice kind="good">{t(copied)}</Notice>}
          {!timeline.isScreenOnly && (
            <Channels player={player} volumes={state.volumes} count={channels.length === 0 ? 2 : channelCount} />
          )}
          {marks.length > 0 && (
            <ul className="marks">
              {marks.map(({ kind, from, to }) => (
                <li key={`${kind}${String(from)}`}>
                  <span className={`mark-colour ${kind}`} aria-hidden="true" />
                  {t('player.markAt', { what: t(`player.mark.${kind}`), from: clock(from), to: clock(to) })}
                </li>
              ))}
            </ul>
          )}
          <details className="keys">
            <summary>{t('player.keys')}</summary>
            <p>{t('player.keysText')}</p>
          </details>
        </div>
      </div>
      {timeline.transcripts.length > 0 && <TranscriptPanel player={player} tracks={timeline.transcripts} />}
    </section>
  );
}
