import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { sendOrThrow } from '../api/client.js';
import { onServer } from '../api/server.js';
import { Failure } from '../components/failure.js';
import { TextField } from '../components/text-field.js';
import { useTexts } from '../texts/use-texts.js';
import type { CallPlayer } from './call-player.js';
import { clockText } from './place-in-link.js';
import type { Track } from './timeline.js';
import { cueAt, cuesOf } from './transcript.js';
import { usePlace } from './use-call-player.js';

/** Longer texts nobody reads here. */
const mostCharacters = 5_000_000;

/** What was said, line by line: a line leads to its place, and the one that is said is marked. */
export function TranscriptPanel({
  player,
  tracks,
}: {
  readonly player: CallPlayer;
  readonly tracks: readonly Track[];
}) {
  const t = useTexts();
  const texts = useQueries({
    queries: tracks.map(({ playPath }) => ({
      queryKey: ['transcript', playPath],
      queryFn: ({ signal }: { signal: AbortSignal }) => readText(playPath, signal),
      staleTime: Infinity,
    })),
  });
  const loaded = texts.map(({ data }) => data).join('\0');
  const cues = useMemo(
    () =>
      tracks.flatMap(({ from }, index) =>
        cuesOf(texts[index]?.data ?? '').map(cue => ({ ...cue, from: cue.from + from, to: cue.to + from })),
      ),
    // By what was loaded: the results are others each time.
    [tracks, loaded],
  );
  const [wanted, setWanted] = useState('');
  const current = cueAt(cues, usePlace(player));
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const line = list.current?.querySelector('[aria-current]');
    const panel = list.current;
    if (line instanceof HTMLElement && panel !== null)
      panel.scrollTop = line.offsetTop - panel.offsetTop - panel.clientHeight / 3;
  }, [current]);

  const found = cues
    .map((cue, index) => ({ cue, index }))
    .filter(({ cue }) => cue.text.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <section className="card transcript" aria-label={t('player.transcript')}>
      <h2>{t('player.transcript')}</h2>
      <TextField label={t('player.find')} value={wanted} onChange={setWanted} />
      {texts.map(({ error }, index) => error !== null && <Failure key={tracks[index]?.mediaId} error={error} />)}
      <ol ref={list} tabIndex={0} aria-label={t('player.transcript')}>
        {found.map(({ cue, index }) => (
          <li key={index}>
            <button
              type="button"
              className="cue"
              aria-current={index === current ? 'true' : undefined}
              onClick={() => player.seek(cue.from)}
            >
              <span className="mono">{clockText(cue.from)}</span>
              <span>
                {cue.speaker !== undefined && <strong>{cue.speaker}: </strong>}
                {cue.text}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

async function readText(playPath: string, signal: AbortSignal): Promise<string> {
  const response = await sendOrThrow(new Request(onServer(`/api/v2${playPath}`), { signal }));
  return (await response.text()).slice(0, mostCharacters);
}
