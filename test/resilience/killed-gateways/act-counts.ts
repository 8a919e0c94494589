/** What is done to recordings while gateways are killed. */
export type Act = 'insert' | 'delete' | 'erase' | 'forget' | 'retain';

/** How many acts were acknowledged, and how many had no answer because whoever was to give it was killed. */
export class ActCounts {
  private readonly counts = new Map<string, { acknowledged: number; cut: number }>();

  add(act: Act, isAcknowledged: boolean): void {
    const count = this.counts.get(act) ?? { acknowledged: 0, cut: 0 };
    if (isAcknowledged) count.acknowledged++;
    else count.cut++;
    this.counts.set(act, count);
  }

  get cut(): number {
    return [...this.counts.values()].reduce((sum, { cut }) => sum + cut, 0);
  }

  /** For people. */
  toString(): string {
    const lines = [...this.counts].map(
      ([act, { acknowledged, cut }]) => `${act} ${acknowledged} acknowledged and ${cut} cut`,
    );
    return lines.join(', ');
  }
}
