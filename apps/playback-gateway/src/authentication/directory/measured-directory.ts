import { outcomeOf } from '#platform';
import type { IdentitySourceMetrics } from '../../metrics/identity-source-metrics.js';
import type { Directory } from './directory.js';

/** The same directory, with every question measured; what its callers do meanwhile does not count. */
export class MeasuredDirectory implements Directory {
  constructor(
    private readonly asked: Directory,
    private readonly metrics: IdentitySourceMetrics,
  ) {}

  get canFind(): boolean {
    return this.asked.canFind;
  }

  find(...question: Parameters<Directory['find']>): ReturnType<Directory['find']> {
    return this.metrics.measured('directory', () => this.asked.find(...question));
  }

  async authenticate(...[name, password, found]: Parameters<Directory['authenticate']>) {
    let began = performance.now();
    const interruption: { error?: unknown } = {};
    try {
      const person = await this.asked.authenticate(name, password, async entry => {
        const asking = performance.now() - began;
        try {
          await found?.(entry);
        } catch (error) {
          interruption.error = error;
          throw error;
        } finally {
          began = performance.now() - asking;
        }
      });
      this.metrics.ended('directory', began, 'ok');
      return person;
    } catch (error) {
      // Where the caller ended it, who slows down guesses, the directory did what it was asked.
      this.metrics.ended('directory', began, error === interruption.error ? 'ok' : outcomeOf(error));
      throw error;
    }
  }

  close(): void {
    this.asked.close();
  }
}
