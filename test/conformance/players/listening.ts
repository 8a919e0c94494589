/** As much of a browser as the scripts below use. */
interface MediaElement {
  src: string;
  muted: boolean;
  loop: boolean;
  preload: string;
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly ended: boolean;
  readonly error: { readonly code: number } | null;
  play(): Promise<void>;
  pause(): void;
  load(): void;
  removeAttribute(name: string): void;
  addEventListener(name: string, listener: () => void, options?: { readonly once: boolean }): void;
}
declare const document: {
  createElement(name: 'audio' | 'video'): MediaElement;
  readonly body: { append(element: MediaElement): void };
};

export interface Listening {
  readonly source: string;
  readonly picture: boolean;
  /** How long to stand still in the middle, milliseconds; 0 for not at all. */
  readonly pauseMs: number;
  /** For each step, milliseconds. */
  readonly waitMs: number;
}

/** What somebody who listens sees. */
export interface Heard {
  /** Of HTMLMediaElement, when the browser does not play such a file: nothing else is there then. */
  readonly error?: number;
  /** Seconds in words, because there are files without. */
  readonly duration?: string;
  /** What was done, with the position after it in percent of what the duration was at first. */
  readonly steps: readonly string[];
}

/**
 * Listens to a recording as people do: from the start, then here and there, quickly one after another, twice as fast,
 * after a pause, to the end, and over it from the start again. Runs in a page and stands for itself.
 */
export async function listen({ source, picture, pauseMs, waitMs }: Listening): Promise<Heard> {
  const media = document.createElement(picture ? 'video' : 'audio');
  const steps: string[] = [];
  const pause = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds));
  const until = async (what: string, condition: () => boolean) => {
    const end = Date.now() + waitMs;
    while (!condition()) {
      if (media.error !== null) throw new Error(`${what}: error ${media.error.code}`);
      if (Date.now() > end) throw new Error(`${what}: still not, at ${media.currentTime}`);
      await pause(20);
    }
  };
  const happens = (name: string) => {
    let happened = false;
    media.addEventListener(name, () => (happened = true), { once: true });
    return () => until(name, () => happened);
  };
  const seek = async (position: number) => {
    const seeked = happens('seeked');
    media.currentTime = position;
    await seeked();
  };
  const playsOn = async (what: string) => {
    const start = media.currentTime;
    await media.play();
    await until(what, () => media.currentTime > start + 0.3);
    steps.push(what);
  };

  media.muted = true;
  media.preload = 'auto';
  const loaded = happens('loadedmetadata');
  media.src = source;
  document.body.append(media);
  try {
    await loaded();
  } catch (error) {
    if (media.error === null) throw error;
    return { error: media.error.code, steps };
  }
  const { duration } = media;
  const place = () => `at ${Math.round((media.currentTime * 100) / duration)} %`;
  try {
    await playsOn('plays');
    media.pause();
    if (Number.isFinite(duration)) {
      for (const part of [0.8, 0.1, 0.5]) {
        await seek(duration * part);
        steps.push(place());
      }
      for (let step = 1; step <= 10; step++) {
        media.currentTime = (duration * step) / 12;
        await pause(30);
      }
      const last = happens('seeked');
      media.currentTime = (duration * 3) / 12;
      await last();
      await until('seeked', () => Math.abs(media.currentTime - (duration * 3) / 12) < 0.5);
      steps.push(`${place()} after ten seeks`);
    }
    media.playbackRate = 2;
    await playsOn('plays twice as fast');
    media.playbackRate = 1;
    if (pauseMs > 0) {
      media.pause();
      await pause(pauseMs);
      await playsOn('plays on after a pause');
      await seek(duration * 0.7);
      await playsOn('plays after a seek after a pause');
    }
    if (Number.isFinite(duration)) await seek(Math.max(0, duration - 0.7));
    const ended = happens('ended');
    media.playbackRate = 2;
    await media.play();
    await ended();
    steps.push('ended');
    media.loop = true;
    if (Number.isFinite(duration)) {
      await seek(Math.max(0, duration - 0.7));
      await media.play();
      await until('starts again', () => media.currentTime < duration / 2);
      steps.push('starts again');
    }
  } catch (error) {
    steps.push(String(error));
  } finally {
    media.pause();
    media.removeAttribute('src');
    media.load();
  }
  return { duration: String(Math.round(duration * 10) / 10), steps };
}
