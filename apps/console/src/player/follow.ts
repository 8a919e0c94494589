/** What a screen has to do to be in step with the sound. */
export type Step =
  | { readonly kind: 'away' }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'play'; readonly rate: number };

/** So far apart nobody sees it; beyond it the screen runs a little faster or slower. */
export const inStep = 0.02;
/** Farther apart than this it jumps: catching up would take seconds. */
export const farOff = 0.25;
/** A second of playing makes up for so many times what it is behind or ahead, whatever the speed of the sound. */
const gain = 6;
/** It is not heard, and what it shows faster or slower for a moment is hardly seen. */
const strongest = 0.75;

/**
 * One step of a screen that lies at `from` of the time line and is `duration` long.
 * @param place of the sound @param position of the screen, from its own beginning @param rate of the sound
 */
export function follow(
  screen: { readonly from: number; readonly duration: number },
  place: number,
  position: number,
  rate: number,
): Step {
  const wanted = place - screen.from;
  if (wanted < 0 || (screen.duration > 0 && wanted > screen.duration)) return { kind: 'away' };
  const behind = wanted - position;
  // What was said in a second must be caught up with in a second, whatever the speed.
  if (Math.abs(behind) > farOff * Math.max(1, rate)) return { kind: 'jump', to: wanted };
  if (Math.abs(behind) <= inStep) return { kind: 'play', rate };
  const correction = Math.max(-strongest * rate, Math.min(strongest * Math.max(1, rate), behind * gain));
  return { kind: 'play', rate: rate + correction };
}
