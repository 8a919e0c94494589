import { Inject, Injectable } from '@nestjs/common';
import type { RemovalStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** What the store's files still have of removed rows outside its tables, such as its write-ahead log. */
@Injectable()
export class RemovedTraces {
  private areThere = true;

  constructor(@Inject(storeTokens.removals) private readonly removals: RemovalStore) {}

  /** Something was removed. */
  note(): void {
    this.areThere = true;
  }

  /** Overwrites them, unless somebody reads at this moment: then it is done at the next call. */
  async erase(): Promise<void> {
    if (!this.areThere) return;
    this.areThere = false;
    try {
      if (!(await this.removals.scrub())) this.areThere = true;
    } catch (error) {
      this.areThere = true;
      throw error;
    }
  }
}
