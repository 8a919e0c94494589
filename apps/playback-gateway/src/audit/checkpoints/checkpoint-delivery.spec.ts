import { Registry } from 'prom-client';
import type { AuditCheckpointNote } from '#grants';
import { createLogger } from '#platform';
import { AuditSinkMetrics } from './audit-sink-metrics.js';
import { CheckpointDelivery } from './checkpoint-delivery.js';
import type { CheckpointSink } from './checkpoint-sink.js';

/** A place that can be away. */
class Shelf implements CheckpointSink {
  readonly name = 'shelf';
  readonly kept: number[] = [];
  away = false;
  closed = false;

  keep({ content }: AuditCheckpointNote): Promise<void> {
    if (this.away) return Promise.reject(new Error('the shelf is away'));
    this.kept.push(content.number);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const checkpoint = (number: number): AuditCheckpointNote => ({
  content: {
    writer: 'gateway-1',
    size: 0,
    root: '0'.repeat(64),
    number,
    state: 'running',
    time: new Date().toISOString(),
    next: new Date().toISOString(),
    writers: 0,
    headsDigest: '0'.repeat(64),
    heads: [],
  },
  digest: '0'.repeat(64),
  note: '',
});

describe(CheckpointDelivery.name, () => {
  const logger = createLogger('playback-gateway', 'test', 'silent');

  function delivery(shelf: Shelf) {
    const registry = new Registry();
    return { registry, delivery: new CheckpointDelivery(shelf, new AuditSinkMetrics(registry), logger) };
  }

  const valueOf = async (registry: Registry, name: string) =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value;

  it('hands them over in their order', async () => {
    const shelf = new Shelf();
    const { delivery: toShelf } = delivery(shelf);
    for (let number = 1; number <= 5; number++) toShelf.deliver(checkpoint(number));
    await toShelf.close();
    expect([shelf.kept, shelf.closed]).toEqual([[1, 2, 3, 4, 5], true]);
  });

  it('keeps the newest for a sink that is away, tries again, and counts what it gave up', async () => {
    const shelf = new Shelf();
    const { registry, delivery: toShelf } = delivery(shelf);
    shelf.away = true;
    for (let number = 1; number <= 130; number++) toShelf.deliver(checkpoint(number));
    await new Promise(setImmediate);
    expect(await valueOf(registry, 'rcs_audit_checkpoint_sink_failures_total')).toBe(1);
    shelf.away = false;
    await toShelf.close();
    expect([shelf.kept.length, shelf.kept[0], shelf.kept.at(-1)]).toEqual([100, 31, 130]);
    expect(await valueOf(registry, 'rcs_audit_checkpoints_dropped_total')).toBe(30);
  });

  it('hands the newest alone to a sink that brings the others itself, and gives up none', async () => {
    const shelf = new (class extends Shelf {
      readonly catchesUp = true;
    })();
    const { registry, delivery: toShelf } = delivery(shelf);
    shelf.away = true;
    for (let number = 1; number <= 130; number++) toShelf.deliver(checkpoint(number));
    await new Promise(setImmediate);
    shelf.away = false;
    await toShelf.close();
    expect(shelf.kept).toEqual([130]);
    expect(await valueOf(registry, 'rcs_audit_checkpoints_dropped_total')).toBe(0);
  });

  it('ends although the sink stays away', async () => {
    const shelf = new Shelf();
    const { delivery: toShelf } = delivery(shelf);
    shelf.away = true;
    toShelf.deliver(checkpoint(1));
    await toShelf.close();
    expect([shelf.kept, shelf.closed]).toEqual([[], true]);
  });
});
