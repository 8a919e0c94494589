import type { KeyObjects } from '../keys/read-keys.js';
import type { TokenNote } from '../notes/token-notes.js';
import type { Token } from '../token.js';
import type { TokenViewChange } from './host-messages.js';

type View = Required<TokenViewChange>;

/** Remembers what of a token was told, so that only what has changed is told again. */
export class PublishedView {
  private told: View | undefined;
  /** What was looked at last, which may be another reading of the same. */
  private seen: View | undefined;

  /** What has changed since the last call; undefined when nothing has. Asked after every operation. */
  changeOf(token: Token): TokenViewChange | undefined {
    const now: View = {
      state: token.state,
      description: token.description ?? 'none',
      sessions: token.sessions.size,
      places: token.places,
      objects: token.objects,
      notes: token.notes,
    };
    const before = this.told;
    if (this.seen !== undefined && isSame(this.seen, now)) return undefined;
    this.seen = now;
    if (before === undefined) {
      this.told = now;
      return now;
    }
    const objects = sameObjects(before.objects, now.objects) ? before.objects : now.objects;
    const notes = sameNotes(before.notes, now.notes) ? before.notes : now.notes;
    const told = { ...now, objects, notes };
    this.told = told;
    const change: TokenViewChange = Object.fromEntries(
      Object.entries(told).filter(([name, value]) => before[name as keyof TokenViewChange] !== value),
    );
    return Object.keys(change).length === 0 ? undefined : change;
  }
}

const isSame = (one: View, other: View): boolean =>
  one.state === other.state &&
  one.description === other.description &&
  one.sessions === other.sessions &&
  one.places === other.places &&
  one.objects === other.objects &&
  one.notes === other.notes;

function sameObjects(before: KeyObjects, now: KeyObjects): boolean {
  return before === now || (same(before.privateKeys, now.privateKeys) && same(before.certificates, now.certificates));
}

/** The reader gives the same object for what it has read before. */
const same = (before: readonly unknown[], now: readonly unknown[]): boolean =>
  before.length === now.length && before.every((one, index) => one === now[index]);

function sameNotes(before: readonly TokenNote[], now: readonly TokenNote[]): boolean {
  return (
    before === now ||
    (before.length === now.length &&
      before.every(({ name, content }, index) => name === now[index]?.name && content.equals(now[index].content)))
  );
}
