import { KeyIndex } from '../keys/key-index.js';
import type { TokenDescription } from '../module/token-description.js';
import type { TokenNote } from '../notes/token-notes.js';
import type { TokenViewChange } from './host-messages.js';

const nothing = new KeyIndex({ privateKeys: [], certificates: [] });
const noNotes: readonly TokenNote[] = [];

/** What is known of a token without asking it, as its host told it last. */
export class TokenView {
  private known: {
    readonly description: TokenDescription | undefined;
    readonly sessions: number;
    readonly places: number;
    readonly index: KeyIndex;
    readonly notes: readonly TokenNote[];
  } = { description: undefined, sessions: 0, places: 0, index: nothing, notes: noNotes };

  get description(): TokenDescription | undefined {
    return this.known.description;
  }

  get sessions(): number {
    return this.known.sessions;
  }

  get places(): number {
    return this.known.places;
  }

  get index(): KeyIndex {
    return this.known.index;
  }

  get notes(): readonly TokenNote[] {
    return this.known.notes;
  }

  apply({ description, sessions, places, objects, notes }: TokenViewChange): void {
    const { known } = this;
    this.known = {
      description: description === 'none' ? undefined : (description ?? known.description),
      sessions: sessions ?? known.sessions,
      places: places ?? known.places,
      index: objects === undefined ? known.index : new KeyIndex(objects),
      notes: notes ?? known.notes,
    };
  }

  /** Nothing is known of a token that is away. */
  forget(): void {
    this.known = { description: undefined, sessions: 0, places: 0, index: nothing, notes: noNotes };
  }
}
