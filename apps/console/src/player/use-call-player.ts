import { useEffect, useState, useSyncExternalStore } from 'react';
import { CallPlayer } from './call-player.js';
import { livingSession } from './living-session.js';
import type { PlayerState } from './player-state.js';
import type { Timeline } from './timeline.js';

export interface MadePlayer {
  readonly player: CallPlayer;
  /** A video where only screens are there to play. */
  readonly element: HTMLMediaElement;
}

/** A player for as long as it is shown; undefined for the moment before. */
export function useCallPlayer(timeline: Timeline): MadePlayer | undefined {
  const [made, setMade] = useState<MadePlayer>();
  const { isScreenOnly } = timeline;

  useEffect(() => {
    const element = document.createElement(isScreenOnly ? 'video' : 'audio');
    const player = new CallPlayer(element, timeline, livingSession);
    setMade({ player, element });
    return () => player.close();
    // What it begins with: later lengths are handed on below.
  }, [isScreenOnly]);

  useEffect(() => made?.player.setTimeline(timeline), [made, timeline]);
  return made;
}

export const usePlayerState = (player: CallPlayer): PlayerState =>
  useSyncExternalStore(player.subscribe, player.getState);

/** The place, as often as people can read it. */
export function usePlace(player: CallPlayer, everySeconds = 0.25): number {
  const [place, setPlace] = useState(player.place);
  useEffect(
    () => player.onPlace(now => setPlace(shown => (Math.abs(now - shown) >= everySeconds ? now : shown))),
    [player, everySeconds],
  );
  return place;
}
