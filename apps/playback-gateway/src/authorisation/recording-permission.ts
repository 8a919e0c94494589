import type { MediaLayout } from '#grants';
import { RcsError } from '#platform';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { decide, type DecisionInput, type RecordingAction } from './decide.js';

/** What one user may do with one recording: everything that the decision needs is gathered once. */
export class RecordingPermission {
  constructor(
    private readonly question: Omit<DecisionInput, 'action'>,
    private readonly denials: GatewayMetrics['denials'],
  ) {}

  /** @throws RcsError with the code of the decision; its reason is for the log and the audit. */
  checkRead(): void {
    this.check('read');
  }

  /** @throws as `checkRead` */
  checkPlay(layout: MediaLayout): void {
    this.check(layout === 'plain' ? 'play-plain' : 'play-encrypted');
  }

  private check(action: RecordingAction): void {
    const decision = decide({ ...this.question, action });
    if (decision.allowed) return;
    this.denials.inc({ action, code: decision.code });
    throw new RcsError(decision.code, decision.reason);
  }
}
