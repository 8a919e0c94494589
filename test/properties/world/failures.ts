import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceLogs } from './service-logs.js';

export interface Failure {
  /** What failed in the same way is counted together. */
  readonly kind: string;
  readonly detail: string;
  /** Of the answer that was wrong: logs name it. */
  readonly requestId?: string | undefined;
  /** Files that show it again. */
  readonly files?: Readonly<Record<string, Buffer | string>>;
}

const keptPerKind = 2;

/** Collects what failed, keeps the first of each kind as a case on disk, and says it all at the end. */
export class Failures {
  private readonly byKind = new Map<string, Failure[]>();
  /** What services wrote about the first of each kind. */
  private readonly explanations = new Map<string, readonly string[]>();
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

  /** To be called before the directory of the services goes. */
  explainFrom(logs: ServiceLogs): void {
    const unexplained = [...this.byKind].filter(([kind]) => !this.explanations.has(kind));
    for (const [kind, [first]] of unexplained)
      this.explanations.set(kind, first?.requestId === undefined ? [] : logs.about(first.requestId));
    if (unexplained.length === 0) return;
    const last = logs.lastTroubles();
    writeFileSync(join(this.directory, `${unexplained.length}-of-${this.byKind.size}.log`), last.join('\n'));
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
      .map(([kind, all]) => [`- ${kind} (${all.length}): ${all[0]?.detail}`, ...this.explained(kind)].join('\n    '));
    const mended = known.filter(beginning => !this.kinds.some(kind => kind.startsWith(beginning)));
    lines.push(...mended.map(beginning => `- mended, take it off the list of known failures: ${beginning}`));
    if (lines.length === 0) return;
    const where = `seed ${this.seed}; cases in ${this.directory}`;
    throw new Error(`${this.property}: ${this.count} failures; ${where}\n${lines.sort().join('\n')}`);
  }

  private explained(kind: string): readonly string[] {
    return this.explanations.get(kind) ?? [];
  }

  private keep({ kind, detail, files = {} }: Failure, name: string): void {
    const place = join(this.directory, name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'case.txt'), `${this.property}, seed ${this.seed}\n${kind}\n${detail}\n`);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  }
}
