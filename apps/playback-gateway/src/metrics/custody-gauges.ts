import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import type { CustodyOutcome } from '#store';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

/** How recordings stand against their keys and storages. */
@Injectable()
export class CustodyGauges {
  private readonly mediaFiles: Gauge<'state'>;
  private readonly oldestProof: Gauge;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const registers = [registry];
    this.mediaFiles = new Gauge({
      name: 'rcs_custody_media_files',
      help:
        'Media files by what their last proof found: opens, opens-expired, plain, key-missing, storage-missing, damaged, or ' +
        'never-proved. Every gateway says the same.',
      labelNames: ['state'],
      registers,
    });
    this.oldestProof = new Gauge({
      name: 'rcs_custody_oldest_proof_timestamp_seconds',
      help: 'When the media file was proved that was not proved for longest; 0 while none was.',
      registers,
    });
  }

  set(states: Readonly<Record<CustodyOutcome | 'never-proved', number>>, oldestProofMs: number | undefined): void {
    for (const [state, count] of Object.entries(states)) this.mediaFiles.set({ state }, count);
    this.oldestProof.set(oldestProofMs === undefined ? 0 : oldestProofMs / 1000);
  }
}
