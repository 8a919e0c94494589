import { randomBytes } from 'node:crypto';
import { writeNote, type TokenNote } from '../notes/token-notes.js';
import type { TokenSession } from '../sessions/token-session.js';

const name = 'rejection-secret';
const secretBytes = 32;

/** The notes of a token as they were read last, and how they are read again. */
export interface NotesOfToken {
  readonly notes: readonly TokenNote[];
  readNotes(session: TokenSession): void;
}

/**
 * The rejection secret of a token that does no raw RSA, from which none can be derived: kept in the token itself, where
 * only who has the PIN reads it, so that all vaults and restarts reject alike.
 * @throws TokenError unsupported when the token keeps no data objects
 */
export function keptRejectionSecret(session: TokenSession, token: NotesOfToken): Buffer {
  const known = agreed(token.notes);
  if (known !== undefined) return known;
  const made = { name, content: randomBytes(secretBytes) };
  writeNote(session, made);
  token.readNotes(session);
  return agreed(token.notes) ?? made.content;
}

/** Two vaults may have written one each at the same moment: both take the smaller, as soon as they see it. */
function agreed(notes: readonly TokenNote[]): Buffer | undefined {
  return notes
    .filter(note => note.name === name && note.content.length === secretBytes)
    .map(({ content }) => content)
    .sort((a, b) => a.compare(b))[0];
}
