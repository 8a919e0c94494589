import { follow } from './follow.js';
import type { Track } from './timeline.js';

/** The video of a screen, which follows the sound. */
export class Screen {
  private isAway = false;

  constructor(
    readonly track: Track,
    private readonly video: HTMLVideoElement,
    private readonly onAway: (isAway: boolean) => void,
  ) {}

  /** Nothing to wait for: it shows what belongs to its place, or has nothing to show. */
  get isReady(): boolean {
    const { video } = this;
    return (
      this.isAway || video.error !== null || (!video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA)
    );
  }

  /** Goes where the sound went, and stands. */
  jump(place: number): void {
    const step = follow(this.track, place, Number.NEGATIVE_INFINITY, 1);
    this.setAway(step.kind === 'away');
    if (step.kind !== 'jump') return;
    this.video.pause();
    this.video.currentTime = step.to;
  }

  /** Keeps up with a sound that plays. */
  follow(place: number, rate: number): void {
    const { video, track } = this;
    const step = follow(track, place, video.currentTime, rate);
    this.setAway(step.kind === 'away');
    if (step.kind === 'away') return video.pause();
    if (step.kind === 'jump') {
      if (!video.seeking) video.currentTime = step.to;
    } else if (Math.abs(video.playbackRate - step.rate) > 0.01) video.playbackRate = step.rate;
    if (video.paused && !video.ended) video.play().catch(() => undefined);
  }

  stand(): void {
    this.video.pause();
  }

  private setAway(isAway: boolean): void {
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    this.onAway(isAway);
  }
}
