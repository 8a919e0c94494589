import type { KeyObjects } from '../keys/read-keys.js';
import type { TokenNote } from '../notes/token-notes.js';
import type { Token } from '../token.js';
import type { TokenViewChange } from './host-messages.js';

/** Remembers what of a token was told, so that only what has changed is told again. */
export class PublishedView {
  private told: Required<TokenViewChange> | undefined;

  /** What has changed since the last call; undefined when nothing has. */
  changeOf(token: Token): TokenViewChange | undefined {
    const before = this.told;
    const now = {
      state: token.state,
      description: token.description ?? 'none',
      sessions: token.sessions.size,
      objects: before !== undefined && sameObjects(before.objects, token.objects) ? before.objects : token.objects,
      notes: before !== undefined && sameNotes(before.notes, token.notes) ? before.notes : token.notes,
    } as const;
    this.told = now;
    if (before === undefined) return now;
    const change: TokenViewChange = Object.fromEntries(
      Object.entries(now).filter(([name, value]) => before[name as keyof TokenViewChange] !== value),
    );
    return Object.keys(change).length === 0 ? undefined : change;
  }
}

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
