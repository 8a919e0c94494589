import { countInTier } from '#test/tier.js';
import { media, type Medium } from './media.js';
import { storedForms, type StoredForm } from './stored-forms.js';

export interface Cell {
  readonly player: string;
  readonly medium: Medium;
  readonly form: StoredForm;
}

/**
 * What is played by whom: every medium by one player in one form, so that every player meets every form; with `long` by
 * every player in every form.
 */
export function cellsOf(players: readonly string[]): readonly Cell[] {
  const [playersOfAMedium, formsOfACell] = [countInTier(1, 1, players.length), countInTier(1, 1, storedForms.length)];
  return media.flatMap((medium, place) =>
    from(players, place, playersOfAMedium).flatMap((player, step) =>
      from(storedForms, place + step, formsOfACell).map(form => ({ player, medium, form })),
    ),
  );
}

/** So many, beginning at this place and going round. */
const from = <T>(list: readonly T[], place: number, count: number): readonly T[] =>
  [...list, ...list].slice(place % list.length, (place % list.length) + count);
