/** How many recordings have these recipients, and no others. */
export interface RecipientSetCount {
  readonly recipients: readonly string[];
  readonly recordings: number;
}

type Groups = readonly (readonly string[])[];

const none: readonly number[] = [];

/**
 * Groups of recipients for each of which recordings are counted. What is made of them is kept as long as they are: whoever
 * often asks for the same asks with the same array, and what that costs is what there are recipients of recordings.
 */
export class RecipientGroups {
  private static readonly kept = new WeakMap<Groups, RecipientGroups>();
  /** By recipient, the positions of its groups. */
  private readonly positions = new Map<string, number[]>();
  /** What came at each place when counts were read last: mostly the same comes there again, and is found without a hash. */
  private readonly last: { readonly recipient: string; readonly positions: readonly number[] }[] = [];
  /** How many groups there are. */
  readonly size: number;
  /** Of all groups, each once. */
  readonly recipients: readonly string[];

  private constructor(groups: Groups) {
    for (const [position, group] of groups.entries()) for (const recipient of group) this.add(recipient, position);
    this.size = groups.length;
    this.recipients = [...this.positions.keys()];
  }

  static of(groups: Groups): RecipientGroups {
    const known = this.kept.get(groups) ?? new RecipientGroups(groups);
    this.kept.set(groups, known);
    return known;
  }

  /** Positions of the groups that a recipient is in. */
  with(recipient: string): readonly number[] {
    return this.positions.get(recipient) ?? none;
  }

  /** The same for the count that is read at this place. */
  at(place: number, recipient: string): readonly number[] {
    const last = this.last[place];
    if (last?.recipient === recipient) return last.positions;
    const positions = this.with(recipient);
    this.last[place] = { recipient, positions };
    return positions;
  }

  private add(recipient: string, position: number): void {
    const positions = this.positions.get(recipient);
    if (positions === undefined) this.positions.set(recipient, [position]);
    else if (positions.at(-1) !== position) positions.push(position);
  }
}

/** In how many recordings one of the recipients of each group is. */
export class GroupCounts {
  private readonly counted: number[];
  /** Groups with two recipients that are in recordings, perhaps in the same. */
  private readonly overlapping = new Set<number>();
  private place = 0;

  constructor(private readonly groups: RecipientGroups) {
    this.counted = new Array<number>(groups.size).fill(0);
  }

  /** That a recipient is in so many recordings, whatever others are in them. Each comes once; those of none may be left out. */
  add(recipient: string, recordings: number): void {
    const positions = this.groups.at(this.place++, recipient);
    if (recordings <= 0) return;
    for (const position of positions) {
      const before = this.counted[position] ?? 0;
      if (before > 0) this.overlapping.add(position);
      this.counted[position] = before + recordings;
    }
  }

  /** Whether a recording may have two recipients of one group, so that their counts do not add up. */
  get mayOverlap(): boolean {
    return this.overlapping.size > 0;
  }

  /**
   * For each group, in their order.
   * @param several of the contact center all recordings with two recipients and more; not needed where none may overlap
   */
  totals(several: Iterable<RecipientSetCount> = []): readonly number[] {
    const totals = [...this.counted];
    for (const { recipients, recordings } of several) {
      const seen = new Set<number>();
      for (const position of recipients.flatMap(recipient => this.groups.with(recipient))) {
        if (!this.overlapping.has(position)) continue;
        if (seen.has(position)) totals[position] = (totals[position] ?? 0) - recordings;
        seen.add(position);
      }
    }
    return totals;
  }
}
