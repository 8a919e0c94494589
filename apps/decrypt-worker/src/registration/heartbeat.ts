import type { WorkerAnnouncement, WorkerRegistration } from '#contracts';
import { describeError, type Logger } from '#platform';

/** A worker is forgotten when this many heartbeats in a row are missing. */
const missedBeats = 4;

/** Keeps this worker in the registry while it runs. */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly registry: WorkerAnnouncement,
    private readonly registration: () => WorkerRegistration,
    private readonly intervalMs: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.beat();
    this.timer = setInterval(() => this.beat(), this.intervalMs);
  }

  /** Stops and withdraws, so that no gateway chooses this worker any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.withdraw();
  }

  private beat(): void {
    this.beating = this.beating
      .then(() => this.registry.announce(this.registration(), this.intervalMs * missedBeats))
      .catch((error: unknown) => this.logger.warn({ error: describeError(error) }, 'heartbeat failed'));
  }

  private async withdraw(): Promise<void> {
    try {
      await this.registry.withdraw(this.registration().instance);
    } catch (error) {
      this.logger.warn(
        { error: describeError(error) },
        'this worker could not be withdrawn; its registration expires by itself',
      );
    }
  }
}
