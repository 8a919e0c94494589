import { onServer } from '../api/server.js';
import { ChannelMixer, type Channel } from './channel-mixer.js';
import { afterLoop, nextLoop } from './loop.js';
import { KeptState, type PlayerState } from './player-state.js';
import { ScreenGroup } from './screen-group.js';
import type { Screen } from './screen.js';
import { endOfSilence, type Range } from './silence.js';
import { soundAt, type Timeline } from './timeline.js';

/** A silence that is nearly over is listened to. */
const worthSkipping = 0.3;
const atEnd = 0.25;

/**
 * Plays the sounds of a recording in a row through one media element, so that a browser fetches what is listened to and
 * keeps no more of a long call than of a short one, and has screens follow. Knows nothing of how it looks.
 */
export class CallPlayer {
  private timeline: Timeline;
  private readonly kept = new KeptState();
  readonly subscribe = this.kept.subscribe;
  readonly getState = this.kept.get;
  private silences: readonly Range[] = [];
  private index = -1;
  private mixer: ChannelMixer | undefined;
  private before = 0;
  private frame = 0;
  private holding: AbortController | undefined;
  private readonly screens = new ScreenGroup();
  private readonly placeListeners = new Set<(place: number) => void>();
  private readonly ending = new AbortController();

  /**
   * A screen that leads is fetched beyond its first picture: Chromium leaves the answer of a video of which it wants no more
   * yet and asks for the rest again, two or three times before it plays, while one that it goes on with waits for it.
   */
  constructor(
    private readonly element: HTMLMediaElement,
    timeline: Timeline,
    /** Whether media may be fetched; undefined for yes, at once. */
    private readonly mayFetch: () => Promise<boolean> | undefined,
  ) {
    this.timeline = timeline;
    element.preload = element instanceof HTMLVideoElement ? 'auto' : 'metadata';
    const on = (name: string, listener: () => void): void =>
      element.addEventListener(name, listener, { signal: this.ending.signal });
    on('ended', () => this.goOn());
    on('error', () => this.change({ failed: this.index, isPlaying: false, isWaiting: false }));
    on('waiting', () => this.change({ isWaiting: true }));
    for (const name of ['playing', 'seeked', 'canplay'])
      on(name, () => {
        if (this.holding === undefined) this.change({ isWaiting: false });
      });
    // Also where nothing is drawn, as in a tab behind others.
    on('timeupdate', () => this.tick());
    on('seeked', () => this.tellPlace());
    this.load(0, 0);
  }

  /** Stops for good. */
  close(): void {
    this.ending.abort();
    this.holding?.abort();
    cancelAnimationFrame(this.frame);
    this.element.pause();
    this.element.removeAttribute('src');
    this.element.load();
    this.mixer?.close();
  }

  onPlace(listener: (place: number) => void): () => void {
    this.placeListeners.add(listener);
    return () => this.placeListeners.delete(listener);
  }

  /** Tells how long a sound is as soon as that is known of its media. */
  onDuration(listener: (mediaId: string, seconds: number) => void): () => void {
    const tell = (): void => {
      const { mediaId } = this.timeline.sounds[this.index] ?? {};
      const { duration } = this.element;
      if (mediaId !== undefined && Number.isFinite(duration)) listener(mediaId, duration);
    };
    tell();
    this.element.addEventListener('durationchange', tell);
    return () => this.element.removeEventListener('durationchange', tell);
  }

  /** Where it is, in seconds of the whole recording. */
  get place(): number {
    const track = this.timeline.sounds[this.index];
    return (track?.from ?? 0) + this.element.currentTime;
  }

  get duration(): number {
    return this.timeline.duration;
  }

  /** What is heard, channel by channel; undefined before the first sound. */
  get output(): AnalyserNode | undefined {
    return this.mixer?.output;
  }

  /** Lengths have become known. */
  setTimeline(timeline: Timeline): void {
    this.timeline = timeline;
    this.tellPlace();
  }

  setSilences(silences: readonly Range[]): void {
    this.silences = silences;
  }

  add(screen: Screen): () => void {
    return this.screens.add(screen, this.place);
  }

  async play(): Promise<void> {
    if ((await this.mayFetch()) === false) return;
    if (this.state.failed !== undefined) this.load(this.index, this.element.currentTime);
    this.mixer ??= new ChannelMixer(this.element, this.state.volumes);
    this.change({ isPlaying: true, failed: undefined });
    await this.mixer.wake();
    if (this.place >= this.duration - 0.05 && this.duration > 0) this.seek(0);
    else await this.start();
  }

  pause(): void {
    this.change({ isPlaying: false, isWaiting: false });
    this.holding?.abort();
    this.element.pause();
    this.screens.stand();
  }

  toggle(): void {
    if (this.state.isPlaying) this.pause();
    else void this.play();
  }

  /** Goes to a place, and on from there where it plays. */
  seek(place: number): void {
    const asked = this.state.isPlaying ? undefined : this.mayFetch();
    if (asked === undefined) this.go(place);
    else
      void asked.then(may => {
        if (may && !this.ending.signal.aborted) this.go(place);
      });
  }

  private go(place: number): void {
    // Before a length is known, the media takes what it has.
    const end = this.duration === 0 ? Infinity : this.duration - 0.01;
    const wanted = Math.max(0, Math.min(place, end));
    const { index, offset } = soundAt(this.timeline.sounds, wanted);
    this.element.pause();
    if (index === this.index) this.element.currentTime = offset;
    else this.load(index, offset);
    this.before = wanted;
    this.screens.jump(wanted);
    this.tellPlace();
    if (this.state.isPlaying) void this.start();
  }

  skip(seconds: number): void {
    this.seek(this.place + seconds);
  }

  setRate(rate: number): void {
    this.element.defaultPlaybackRate = rate;
    this.element.playbackRate = rate;
    this.change({ rate });
  }

  setVolume(channel: Channel, volume: number): void {
    const [left, right] = this.state.volumes;
    this.mixer?.setVolume(channel, volume);
    this.change({ volumes: channel === 0 ? [volume, right] : [left, volume] });
  }

  setSkipsSilence(skipsSilence: boolean): void {
    this.change({ skipsSilence });
  }

  /** Sets A, then B, then forgets both. */
  stepLoop(): void {
    const loop = nextLoop(this.state.loop, this.place);
    this.change({ loop });
    if (loop?.to !== undefined) this.seek(loop.from);
  }

  private load(index: number, offset: number): void {
    const track = this.timeline.sounds[index];
    if (track === undefined) return;
    this.index = index;
    const { element } = this;
    element.src = onServer(`/api/v2${track.playPath}`);
    // Taken for the place to begin at as soon as the length is known.
    if (offset > 0) element.currentTime = offset;
  }

  /** Starts the sound, together with the screens that are to be seen at its place. */
  private async start(): Promise<void> {
    this.holding?.abort();
    const holding = new AbortController();
    this.holding = holding;
    this.change({ isWaiting: true });
    await this.screens.ready(() => !this.element.seeking, holding.signal);
    if (holding.signal.aborted) return;
    this.holding = undefined;
    try {
      await this.element.play();
    } catch (error) {
      // It was paused, or went elsewhere, before it began; anything else is an error of the element, too.
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.change({ isPlaying: false });
      return;
    }
    this.change({ isWaiting: false });
    this.draw();
  }

  private readonly draw = (): void => {
    cancelAnimationFrame(this.frame);
    this.tick();
    if (this.state.isPlaying) this.frame = requestAnimationFrame(this.draw);
  };

  private tick(): void {
    const { place } = this;
    const { isPlaying, loop, skipsSilence, rate } = this.state;
    if (isPlaying && !this.element.paused && !this.element.seeking) {
      const back = afterLoop(loop, place, this.before);
      const end = skipsSilence ? endOfSilence(this.silences, place) : undefined;
      this.before = place;
      if (back !== undefined) return this.seek(back);
      if (end !== undefined && end - place > worthSkipping) return this.seek(end);
      this.screens.follow(place, rate);
    }
    this.tellPlace();
  }

  /** At the end of a sound: the next one, or the beginning of the loop. */
  private goOn(): void {
    const { loop } = this.state;
    if (loop?.to !== undefined && loop.to >= this.place - atEnd && loop.from < this.place) return this.seek(loop.from);
    if (this.index + 1 < this.timeline.sounds.length) {
      this.load(this.index + 1, 0);
      void this.start();
      return;
    }
    this.pause();
    this.tellPlace();
  }

  private tellPlace(): void {
    const { place } = this;
    this.placeListeners.forEach(listener => listener(place));
  }

  private get state(): PlayerState {
    return this.kept.get();
  }

  private change(change: Partial<PlayerState>): void {
    this.kept.change(change);
  }
}
