import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Failure {
  /** What failed in the same way is counted together. */
  readonly kind: string;
  readonly detail: string;
  /** Files that show it again. */
  readonly files?: Readonly<Record<string, Buffer | string>>;
}

const keptPerKind = 2;

/** Collects what failed, keeps the first of each kind as a case on disk, and says it all at the end. */
export class Failures {
  private readonly byKind = new Map<string, Failure[]>();
  private readonly directory: string;

  constructor(
    private readonly property: string,
    private readonly seed: number,
  ) {
    this.directory = join(tmpdir(), `rcs-properties-${property}-${seed}`);
  }

  add(failure: Failure): void {
    const known = this.byKind.get(failure.kind) ?? [];
    this.byKind.set(failure.kind, [...known, failure]);
    if (known.length < keptPerKind) this.keep(failure, `${this.byKind.size}-${known.length + 1}`);
  }

  get count(): number {
    return [...this.byKind.values()].reduce((sum, failures) => sum + failures.length, 0);
  }

  get kinds(): string[] {
    return [...this.byKind.keys()].sort();
  }

  /**
   * @param known beginnings of kinds that fail as yet: none may be on the list that fails no more.
   * @throws Error that names every other kind of failure with an example, the seed and where the cases lie.
   */
  check(known: readonly string[] = []): void {
    const isKnown = (kind: string): boolean => known.some(beginning => kind.startsWith(beginning));
    const lines = [...this.byKind]
      .filter(([kind]) => !isKnown(kind))
      .map(([kind, all]) => `- ${kind} (${all.length}): ${all[0]?.detail}`);
    const mended = known.filter(beginning => !this.kinds.some(kind => kind.startsWith(beginning)));
    lines.push(...mended.map(beginning => `- mended, take it off the list of known failures: ${beginning}`));
    if (lines.length === 0) return;
    const where = `seed ${this.seed}; cases in ${this.directory}`;
    throw new Error(`${this.property}: ${this.count} failures; ${where}\n${lines.sort().join('\n')}`);
  }

  private keep({ kind, detail, files = {} }: Failure, name: string): void {
    const place = join(this.directory, name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'case.txt'), `${this.property}, seed ${this.seed}\n${kind}\n${detail}\n`);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  }
}
