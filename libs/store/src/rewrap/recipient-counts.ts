/** How many recordings have these recipients, and no others. */
export interface RecipientSetCount {
  readonly recipients: readonly string[];
  readonly recordings: number;
}

/** In how many recordings a recipient is, whatever others are in them; those of none may be left out. */
export type RecipientCounts = ReadonlyMap<string, number>;

/** Whether a recording may have two recipients of one group, so that their counts do not add up. */
export const mayOverlap = (groups: readonly (readonly string[])[], counts: RecipientCounts): boolean =>
  groups.some(group => group.length > 1 && presentOf(group, counts).length > 1);

/**
 * For each group in how many recordings one of its recipients is.
 * @param several of the contact center all recordings with two recipients and more; not needed where none may overlap
 */
export function recordingsOfGroups(
  groups: readonly (readonly string[])[],
  counts: RecipientCounts,
  several: Iterable<RecipientSetCount> = [],
): number[] {
  const totals: number[] = [];
  /** By recipient, the groups in which a recording may be counted twice. */
  const overlapping = new Map<string, number[]>();
  for (const [position, group] of groups.entries()) {
    const present = presentOf(group, counts);
    totals.push(present.reduce((total, recipient) => total + (counts.get(recipient) ?? 0), 0));
    if (present.length < 2) continue;
    for (const recipient of present) overlapping.set(recipient, [...(overlapping.get(recipient) ?? []), position]);
  }
  for (const { recipients, recordings } of several) {
    const counted = new Set<number>();
    for (const position of recipients.flatMap(recipient => overlapping.get(recipient) ?? [])) {
      if (counted.has(position)) totals[position] = (totals[position] ?? 0) - recordings;
      counted.add(position);
    }
  }
  return totals;
}

function presentOf(group: readonly string[], counts: RecipientCounts): readonly string[] {
  const present = group.filter(recipient => (counts.get(recipient) ?? 0) > 0);
  // Of most certificates envelopes use one name.
  return present.length < 2 ? present : [...new Set(present)];
}
