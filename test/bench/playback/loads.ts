import type { ByteRange } from '../wrk-load.js';
import type { Run } from './sides.js';

/** What is asked for, and what the design asks of the answer. */
export interface Load {
  readonly name: string;
  /** Of the file in the storage, bytes; the whole of it is asked for where there is no range. */
  readonly storedBytes: number;
  readonly range?: ByteRange;
  readonly connections: number;
  /** Of large bodies the bytes are counted, of others the requests. */
  readonly per: 'gigabyte' | 'request';
  /** Processor time, as a multiple of that of rclone: the worker beside the gateway, over mutual TLS, and without the check of the content. */
  readonly bars: { readonly beside: number; readonly remote: number; readonly unchecked: number };
  /** Bytes or requests a second, as a multiple of those of two nginx hops. */
  readonly speedBar?: number;
}

const rangedBytes = 200_000_000;

export const loads: readonly Load[] = [
  {
    name: '20 MB, 16 at once',
    storedBytes: 20_000_000,
    connections: 16,
    per: 'gigabyte',
    bars: { beside: 1.25, remote: 1.6, unchecked: 1 },
    speedBar: 0.9,
  },
  {
    name: '100 KB, 16 at once',
    storedBytes: 100_000,
    connections: 16,
    per: 'request',
    bars: { beside: 1, remote: 1.5, unchecked: 1 },
    speedBar: 0.3,
  },
  {
    name: '64 KiB at a random place of 200 MB, 16 at once',
    storedBytes: rangedBytes,
    range: { bytes: 65_536, of: rangedBytes },
    connections: 16,
    per: 'request',
    bars: { beside: 0.8, remote: 0.8, unchecked: 0.8 },
  },
];

/** Processor time for a gigabyte, seconds, or for a request, milliseconds. */
export const costOf = ({ per }: Load, { cpuMs, bytes, requests }: Run): number =>
  per === 'gigabyte' ? cpuMs / 1000 / (bytes / 1e9) : cpuMs / requests;
