import type { Screen } from './screen.js';

/** Screens get so long to show a new place before the sound goes on without them. */
const readyWithinMs = 3000;
const lookAgainMs = 10;

/** The screens of a call: what one does, all do. */
export class ScreenGroup {
  private readonly screens = new Set<Screen>();

  /** @returns takes it out again */
  add(screen: Screen, place: number): () => void {
    this.screens.add(screen);
    screen.jump(place);
    return () => this.screens.delete(screen);
  }

  jump(place: number): void {
    this.screens.forEach(screen => screen.jump(place));
  }

  follow(place: number, rate: number): void {
    this.screens.forEach(screen => screen.follow(place, rate));
  }

  stand(): void {
    this.screens.forEach(screen => screen.stand());
  }

  /** Waits until all show their place and the sound has its own, or until that takes too long. */
  async ready(isSoundReady: () => boolean, signal: AbortSignal): Promise<void> {
    const isReady = (): boolean => isSoundReady() && [...this.screens].every(screen => screen.isReady);
    const end = performance.now() + readyWithinMs;
    while (this.screens.size > 0 && !isReady() && performance.now() < end && !signal.aborted)
      await new Promise(resolve => setTimeout(resolve, lookAgainMs));
  }
}
