import { metricsOf } from '../support/cluster/management-page.js';
import type { ReadyLine } from '../support/cluster/running-cluster.js';

/** Sums of series over all processes of one kind. */
export class Counters {
  private constructor(private readonly texts: ReadonlyMap<string, readonly string[]>) {}

  static async read(
    { gateway, vault, workers }: ReadyLine['management'],
    gateways: readonly string[] = [],
  ): Promise<Counters> {
    return new Counters(
      new Map([
        ['playback-gateway', await Promise.all([gateway, ...gateways].map(metricsOf))],
        ['key-vault', [await metricsOf(vault)]],
        ['decrypt-worker', await Promise.all(workers.map(metricsOf))],
      ]),
    );
  }

  /** Sum of all series of this name whose labels contain `labels`. */
  sum(component: string, name: string, labels = ''): number {
    return (this.texts.get(component) ?? [])
      .flatMap(text => text.split('\n'))
      .filter(line => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

/** How much a sum grew from one reading to the next. */
export const growth =
  (before: Counters, after: Counters) =>
  (component: string, name: string, labels?: string): number =>
    after.sum(component, name, labels) - before.sum(component, name, labels);

export const components = ['playback-gateway', 'decrypt-worker', 'key-vault'] as const;
