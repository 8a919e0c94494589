import { RcsError } from '#platform';

/** Bounds how many playbacks of one user run at once on this gateway. */
export class StreamLimit {
  private readonly running = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Answers what to call at the end. @throws RcsError RCS_TOO_MANY_REQUESTS. */
  begin(userName: string): () => void {
    const count = this.running.get(userName) ?? 0;
    if (count >= this.limit) {
      throw new RcsError('RCS_TOO_MANY_REQUESTS', `${count} playbacks of this user at once`, { retryAfterMs: 1000 });
    }
    this.running.set(userName, count + 1);
    return () => {
      const left = (this.running.get(userName) ?? 1) - 1;
      if (left > 0) this.running.set(userName, left);
      else this.running.delete(userName);
    };
  }
}
