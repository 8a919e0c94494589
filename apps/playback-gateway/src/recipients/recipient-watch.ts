import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { describeError, type Logger } from '#platform';
import type { AssignmentTarget, CertificateStore } from '#store';
import { AssignmentService } from '../assignments/assignment.service.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { WatchedTarget, type RecipientListener } from './watched-target.js';

/** What recorders follow, each target looked at once for all who follow it. */
@Injectable()
export class RecipientWatch implements OnModuleDestroy {
  private readonly watched = new Map<string, { readonly contactCenter: string; readonly target: WatchedTarget }>();
  private readonly unlisten: () => void;

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly assignments: AssignmentService,
    feed: CertificateChangeFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.unlisten = feed.listen(({ contactCenter }) => this.lookAt(contactCenter));
  }

  /** Tells the listener at once, and at each look from then on. @returns a function that ends it. */
  follow(contactCenter: string, target: AssignmentTarget, listener: RecipientListener): () => void {
    const key = JSON.stringify([contactCenter, target]);
    const entry = this.watched.get(key) ?? { contactCenter, target: this.begin(contactCenter, target) };
    this.watched.set(key, entry);
    entry.target.listeners.add(listener);
    entry.target.look();
    return () => {
      entry.target.listeners.delete(listener);
      if (entry.target.listeners.size > 0 || this.watched.get(key) !== entry) return;
      entry.target.stop();
      this.watched.delete(key);
    };
  }

  onModuleDestroy(): void {
    this.unlisten();
    for (const { target } of this.watched.values()) target.stop();
    this.watched.clear();
  }

  private begin(contactCenter: string, target: AssignmentTarget): WatchedTarget {
    return new WatchedTarget(contactCenter, target, {
      certificates: this.certificates,
      assignments: this.assignments,
      failed: error =>
        this.logger.warn(
          { contactCenter, error: describeError(error) },
          'whom recordings are encrypted for cannot be looked at: recorders that follow it wait',
        ),
    });
  }

  private lookAt(contactCenter: string): void {
    for (const one of this.watched.values()) if (one.contactCenter === contactCenter) one.target.look();
  }
}
