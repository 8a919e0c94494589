import type { Loop } from './loop.js';

/** What the controls show. The place is not in it: it changes with every picture of the screen. */
export interface PlayerState {
  readonly isPlaying: boolean;
  /** It would play, and waits for data. */
  readonly isWaiting: boolean;
  readonly rate: number;
  readonly volumes: readonly [number, number];
  readonly loop: Loop | undefined;
  readonly skipsSilence: boolean;
  /** The sound that could not be played, by its place in the row. */
  readonly failed: number | undefined;
}

const initialState: PlayerState = {
  isPlaying: false,
  isWaiting: false,
  rate: 1,
  volumes: [1, 1],
  loop: undefined,
  skipsSilence: false,
  failed: undefined,
};

/** Tells whoever wants to know of each change, as `useSyncExternalStore` asks for it. */
export class KeptState {
  private state = initialState;
  private readonly listeners = new Set<() => void>();

  readonly get = (): PlayerState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  change(change: Partial<PlayerState>): void {
    const changed = Object.entries(change).some(([name, value]) => this.state[name as keyof PlayerState] !== value);
    if (!changed) return;
    this.state = { ...this.state, ...change };
    this.listeners.forEach(listener => listener());
  }
}
