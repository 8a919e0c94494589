/** One number of a scene. */
export interface Figure {
  readonly what: string;
  /** The median, where there are rounds. */
  readonly value: number;
  readonly unit?: string;
  /** The value should not be above it. */
  readonly bar?: number | undefined;
  /** Nor below this. */
  readonly atLeast?: number | undefined;
  /** What each round had: the spread. */
  readonly rounds?: readonly number[];
}

/** What was measured of one kind of load. */
export interface SceneFigures {
  readonly scene: string;
  readonly figures: readonly Figure[];
}

export function linesOf({ scene, figures }: SceneFigures): readonly string[] {
  return [
    `${scene}:`,
    ...figures.map(({ what, value, unit, bar, atLeast, rounds }) => {
      const notes = [
        ...(rounds === undefined ? [] : [rounds.map(fixed).join(' ')]),
        ...(bar === undefined ? [] : [`bar ${bar}`]),
        ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
      ];
      const noted = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
      return `  ${what}: ${fixed(value)}${unit === undefined ? '' : ` ${unit}`}${noted}`;
    }),
  ];
}

const fixed = (value: number): string => value.toFixed(2);
