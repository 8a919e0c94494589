import { RcsError, withDeadline } from '#platform';
import type { AssignmentTarget, CertificateStore } from '#store';
import type { AssignmentService } from '../assignments/assignment.service.js';
import { recipientsOf, recipientsTag, type Recipients } from './recipients.js';

/** What recorders are to do now: encrypt for these, or record nothing for the time being. */
export type RecipientState =
  | { readonly kind: 'recipients'; readonly tag: string; readonly recipients: Recipients }
  | { readonly kind: 'unavailable'; readonly tag: string; readonly error: RcsError };

export interface RecipientListener {
  /** The state, each time it was looked at; whether it is another one than at the last look is for the listener to say. */
  (state: RecipientState): void;
}

interface Sources {
  readonly certificates: Pick<CertificateStore, 'assignment' | 'find'>;
  readonly assignments: Pick<AssignmentService, 'recipients'>;
  /** A look failed, or took too long. */
  readonly failed: (error: unknown) => void;
}

/**
 * Between two looks at the store. With the longest look and the time for which listeners trust what they were told
 * (`trustMs`) it makes the two seconds within which a removed certificate is out of use.
 */
const pauseMs = 500;
const longestLookMs = 500;
/** The dates of certificates and their keys are judged anew so often, though nothing in the store changes. */
const judgementMs = 5000;
const longestJudgementMs = 5000;

/**
 * Looks again and again at what one target is encrypted for, as long as anybody listens. The store decides: what is
 * announced over Redis makes a look come sooner, and none is missed because of it. While the store does not answer nobody
 * is told anything, and listeners stop by themselves.
 */
export class WatchedTarget {
  readonly listeners = new Set<RecipientListener>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private again = false;
  private stopped = false;
  private mark = '';
  private judgedAt = -Infinity;
  private judging = false;
  private state: RecipientState | undefined;

  constructor(
    private readonly contactCenter: string,
    private readonly target: AssignmentTarget,
    private readonly sources: Sources,
  ) {}

  /** Looks at once; while a look is under way, once more behind it. */
  look(): void {
    clearTimeout(this.timer);
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    void this.lookOnce().finally(() => {
      this.looking = false;
      if (this.stopped) return;
      const pause = this.again ? 0 : pauseMs;
      this.again = false;
      this.timer = setTimeout(() => this.look(), pause);
      this.timer.unref();
    });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private async lookOnce(): Promise<void> {
    try {
      const mark = await withDeadline(
        this.markNow(),
        longestLookMs,
        'a look at the recipients',
        'RCS_STORE_UNAVAILABLE',
      );
      if (mark !== this.mark || this.state === undefined) await this.judge(mark);
      else if (performance.now() - this.judgedAt > judgementMs) this.judgeAside(mark);
    } catch (error) {
      this.sources.failed(error);
      return;
    }
    for (const listener of this.listeners) if (this.state !== undefined) listener(this.state);
  }

  /** All in the store that the recipients follow from. */
  private async markNow(): Promise<string> {
    const { certificates } = this.sources;
    const assignment = await certificates.assignment(this.contactCenter, this.target);
    const assigned = await Promise.all(
      (assignment?.aliases ?? []).map(alias => certificates.find(this.contactCenter, alias)),
    );
    return JSON.stringify([
      assignment?.aliases ?? null,
      assigned.map(one => [one?.fingerprint, one?.state, one?.decryptOnly]),
    ]);
  }

  /** What was known holds on meanwhile: it is what the store says, and vaults may be slow. */
  private judgeAside(mark: string): void {
    if (this.judging) return;
    this.judging = true;
    this.judge(mark)
      .catch(this.sources.failed)
      .finally(() => (this.judging = false));
  }

  private async judge(mark: string): Promise<void> {
    const state = await withDeadline(this.judged(), longestJudgementMs, 'the recipients', 'RCS_STORE_UNAVAILABLE');
    this.state = state;
    this.mark = mark;
    this.judgedAt = performance.now();
  }

  private async judged(): Promise<RecipientState> {
    try {
      const certificates = await this.sources.assignments.recipients(this.contactCenter, this.target, 'lately');
      const recipients = recipientsOf(certificates);
      return { kind: 'recipients', tag: recipientsTag(recipients), recipients };
    } catch (error) {
      // What may pass by itself is no word about the recipients.
      if (!(error instanceof RcsError) || error.definition.retryable || error.code === 'RCS_INTERNAL') throw error;
      return { kind: 'unavailable', tag: '', error };
    }
  }
}
