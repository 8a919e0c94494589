const kept = 1000;

/** The first thousand of what was found, and how many there are: whoever spoils a million lines fills no memory. */
export class FirstFindings<T> {
  private readonly first: T[] = [];
  private total = 0;

  add(finding: T): void {
    this.total += 1;
    if (this.first.length < kept) this.first.push(finding);
  }

  get findings(): readonly T[] {
    return this.first;
  }

  get count(): number {
    return this.total;
  }
}
