import { hash } from 'node:crypto';

/** Which recordings a run looks at: each with the same chance, and the same ones whenever it is asked again. */
export interface CustodySample {
  /** 0 to 1. */
  readonly share: number;
  readonly seed: string;
}

const range = 2 ** 48;

/** Whether a recording belongs to the sample; without one all do. */
export function isSampled(recordingId: string, sample: CustodySample | undefined): boolean {
  if (sample === undefined) return true;
  const digest = hash('sha256', JSON.stringify([sample.seed, recordingId]), 'buffer');
  return digest.readUIntBE(0, 6) / range < sample.share;
}
