import { Inject, Injectable } from '@nestjs/common';
import type { AuditLog, RemovalStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** What the store's files still have of removed rows outside its tables, such as its write-ahead log. */
@Injectable()
export class RemovedTraces {
  private areThere = true;

  constructor(
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** Something was removed. */
  note(): void {
    this.areThere = true;
  }

  /** Overwrites them, unless somebody reads at this moment: then it is done at the next call. */
  async erase(): Promise<void> {
    if (!this.areThere) return;
    this.areThere = false;
    try {
      const scrubbed = await Promise.all([this.removals.scrub(), this.audit.scrub()]);
      if (scrubbed.includes(false)) this.areThere = true;
    } catch (error) {
      this.areThere = true;
      throw error;
    }
  }
}
