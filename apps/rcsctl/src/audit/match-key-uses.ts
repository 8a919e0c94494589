import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { JournalRecord, KeyUseRecord } from '#contracts';

/** A key use for which the gateways' audit has no reason. */
export interface UnexplainedUse {
  readonly sequence: number;
  readonly time: string;
  readonly grantId: string;
  readonly user: string;
  readonly recording: string;
}

/** Events on whose account workers have keys used. */
const usesKeys: ReadonlySet<string> = new Set([
  'playback',
  'playback-finished',
  'peaks-read',
  'media-encryption',
  'custody-proved',
  'archive-begun',
  'archived',
]);

/** What a gateway's audit says about the grants that it gave. */
export class GrantedPlaybacks {
  private readonly grantIds = new Set<string>();
  private readonly requestIds = new Set<string>();

  /** @param file JSON lines, as `rcsctl audit export` writes them. @throws Error for a line that is none */
  static async read(file: string): Promise<GrantedPlaybacks> {
    const known = new GrantedPlaybacks();
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      if (line !== '') known.add(JSON.parse(line) as Readonly<Record<string, unknown>>);
    }
    return known;
  }

  private add({ event, requestId, detail }: Readonly<Record<string, unknown>>): void {
    if (typeof event !== 'string' || !usesKeys.has(event)) return;
    if (typeof requestId === 'string') this.requestIds.add(requestId);
    const [, ids = ''] = (typeof detail === 'string' ? /^grants ([^;]*)/.exec(detail) : null) ?? [];
    for (const id of ids.split(', ')) this.grantIds.add(id);
  }

  /** Whether a playback stands in the audit on whose account the key was used. */
  explains({ grantId, requestId }: KeyUseRecord): boolean {
    return (grantId !== undefined && this.grantIds.has(grantId)) || this.requestIds.has(requestId);
  }
}

/** Keys that workers had opened; other uses stand in the audit under names of their own. */
export const isPlayback = (record: JournalRecord): record is KeyUseRecord =>
  record.event === 'key-use' &&
  ['unwrap', 'archive-rewrap'].includes(record.operation) &&
  record.caller === 'decrypt-worker';

export const unexplained = ({ sequence, time, grantId, user, recording }: KeyUseRecord): UnexplainedUse => ({
  sequence,
  time,
  grantId: grantId ?? '',
  user: user ?? '',
  recording: recording ?? '',
});
