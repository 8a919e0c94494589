import type { CallPlayer } from './call-player.js';
import { nextRate } from './rates.js';

/** What a key does in the player; undefined for those that do nothing. */
export function actOfKey(key: string, isShifted: boolean): ((player: CallPlayer) => void) | undefined {
  if (/^\d$/.test(key)) return player => player.seek((Number(key) / 10) * player.duration);
  switch (key) {
    case ' ':
    case 'k':
      return player => player.toggle();
    case 'ArrowLeft':
      return player => player.skip(isShifted ? -30 : -5);
    case 'ArrowRight':
      return player => player.skip(isShifted ? 30 : 5);
    case 'j':
      return player => player.skip(-10);
    case 'l':
      return player => player.skip(10);
    case 'a':
      return player => player.stepLoop();
    case 's':
      return player => player.setSkipsSilence(!player.getState().skipsSilence);
    case '<':
    case ',':
      return player => player.setRate(nextRate(player.getState().rate, -1));
    case '>':
    case '.':
      return player => player.setRate(nextRate(player.getState().rate, 1));
    case 'Home':
      return player => player.seek(0);
    default:
      return undefined;
  }
}

/** Whether an element has a use of its own for a key. */
export function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input:not([type=range]), textarea, select, [contenteditable], [role=listbox]') !== null)
    return true;
  if (key === ' ') return target.closest('button, a, label, [role=button]') !== null;
  return /^(Arrow|Home)/.test(key) && target.closest('input[type=range], [role=slider]') !== null;
}
