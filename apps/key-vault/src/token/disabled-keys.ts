import { createHash } from 'node:crypto';
import type { TokenNote } from '#pkcs11';
import { noteName, readDisabledKey, type DisabledKey, type KeyOfContactCenter } from './disabled-key.js';

/** Where the notes of the tokens are read. */
export interface NoteSource {
  /** Of all tokens, as they were read last. */
  readonly notes: readonly TokenNote[];
}

export interface DisabledKeyList {
  /** Changes whenever the list does. */
  readonly revision: string;
  readonly keys: readonly DisabledKey[];
}

/**
 * Which keys are disabled. The notes in the tokens say so and nothing else, so that it outlives this process and holds
 * for every vault that opens the same token.
 *
 * The keys themselves are left as they are: PKCS#11 does not promise that CKA_DECRYPT, once false, may be true again, and
 * a token where it may not would turn "disabled" into "destroyed".
 */
export class DisabledKeys {
  private read: { readonly from: readonly TokenNote[]; readonly byName: ReadonlyMap<string, DisabledKey> } | undefined;
  private readonly waiting = new Set<() => void>();
  private announced = '';
  private closed = false;

  constructor(private readonly source: NoteSource) {}

  /** undefined for a key that may be used. */
  of(key: KeyOfContactCenter): DisabledKey | undefined {
    const byName = this.byName();
    return byName.size === 0 ? undefined : byName.get(noteName(key));
  }

  list(): DisabledKeyList {
    const byName = this.byName();
    const names = [...byName.entries()].map(([name, { mark }]) => `${name} ${mark?.disabledAt ?? ''}`).sort();
    return {
      revision: createHash('sha256').update(JSON.stringify(names)).digest('hex'),
      keys: [...byName.values()],
    };
  }

  /** The list, as soon as it is another than the one of this revision, or when the signal aborts. */
  async next(revision: string, signal: AbortSignal): Promise<DisabledKeyList> {
    const current = this.list();
    if (current.revision !== revision || signal.aborted || this.closed) return current;
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
    return this.list();
  }

  /** To be called after notes were read: tells those who wait when something changed. */
  announce(): void {
    const { revision } = this.list();
    if (revision === this.announced) return;
    this.announced = revision;
    this.release();
  }

  /** Nobody waits from now on: the process ends. */
  close(): void {
    this.closed = true;
    this.release();
  }

  private release(): void {
    for (const done of [...this.waiting]) done();
  }

  private byName(): ReadonlyMap<string, DisabledKey> {
    const { notes } = this.source;
    if (this.read?.from === notes) return this.read.byName;
    const byName = new Map<string, DisabledKey>();
    for (const key of notes.map(readDisabledKey)) {
      if (key === undefined) continue;
      const known = byName.get(noteName(key));
      byName.set(noteName(key), known === undefined ? key : stricter(known, key));
    }
    this.read = { from: notes, byName };
    return byName;
  }
}

/** Tokens may tell different times when one was written to later: the later end counts, and none at all above all. */
function stricter(one: DisabledKey, other: DisabledKey): DisabledKey {
  if (one.mark === undefined || other.mark === undefined) return one.mark === undefined ? one : other;
  return Date.parse(one.mark.destroyableAt) >= Date.parse(other.mark.destroyableAt) ? one : other;
}
