import { useEffect, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import type { CallPlayer } from './call-player.js';
import type { Loop } from './loop.js';
import type { Mark } from './marks.js';
import { useTexts } from '../texts/use-texts.js';

interface Properties {
  readonly player: CallPlayer;
  /** Of the highest samples, for each channel. */
  readonly channels: readonly (readonly number[])[];
  readonly duration: number;
  readonly marks: readonly Mark[];
  readonly loop: Loop | undefined;
}

const channelHeight = 56;

/** The page's policy allows no style element, which wavesurfer.js would bring: the build leaves it out. */
function styled(shadow: Node): void {
  if (!(shadow instanceof ShadowRoot)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { user-select: none; min-width: 1px; }
    audio { display: none; }
    .scroll { overflow-x: hidden; overflow-y: hidden; width: 100%; position: relative; }
    .wrapper { position: relative; overflow: visible; z-index: 2; }
    .canvases { pointer-events: none; min-height: ${String(channelHeight)}px; }
    .canvases > div, .progress > div { position: relative; }
    canvas { display: block; position: absolute; top: 0; }
    .progress { pointer-events: none; position: absolute; z-index: 2; top: 0; left: 0; width: 0; height: 100%; overflow: hidden; }
    .cursor { pointer-events: none; position: absolute; z-index: 5; top: 0; left: 0; height: 100%; border-radius: 2px; }
  `);
  shadow.adoptedStyleSheets = [sheet];
}

/** A colour of the style sheets as a canvas takes it: in the light or in the dark. */
function colourIn(element: HTMLElement, name: string): string {
  const { style } = element;
  style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  style.color = '';
  return color;
}

/** Draws what the sound looks like, and goes where somebody clicks; the slider below it does the same for the keyboard. */
export function WaveForm({ player, channels, duration, marks, loop }: Properties) {
  const t = useTexts();
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const container = place.current;
    if (container === null || duration === 0 || channels.length === 0) return;
    const colour = (name: string): string => colourIn(container, name);
    const drawn = WaveSurfer.create({
      container,
      height: channelHeight,
      peaks: channels.map(channel => [...channel]),
      duration,
      normalize: true,
      cursorColor: colour('--wave-cursor'),
      cursorWidth: 2,
      dragToSeek: { debounceTime: 0 },
      hideScrollbar: true,
      splitChannels: channels.map((_, index) => ({
        waveColor: colour(`--wave-${String(index % 2)}`),
        progressColor: colour(`--wave-${String(index % 2)}-heard`),
      })),
    });
    styled(drawn.getWrapper().getRootNode());
    drawn.setTime(player.place);
    drawn.on('interaction', wanted => player.seek(wanted));
    const end = player.onPlace(now => drawn.setTime(now));
    return () => {
      end();
      drawn.destroy();
    };
  }, [player, channels, duration]);

  const share = (seconds: number): string => `${String(duration === 0 ? 0 : (seconds / duration) * 100)}%`;
  return (
    <div className="wave">
      <div className="wave-form" ref={place} aria-hidden="true" />
      {marks.map(({ kind, from, to }) => (
        <span
          key={`${kind}${String(from)}`}
          className={`wave-mark ${kind}`}
          style={{ left: share(from), width: share(to - from) }}
          title={t(`player.mark.${kind}`)}
        />
      ))}
      {loop !== undefined && (
        <span
          className="wave-loop"
          aria-hidden="true"
          style={{ left: share(loop.from), width: share((loop.to ?? loop.from) - loop.from) }}
        />
      )}
    </div>
  );
}
