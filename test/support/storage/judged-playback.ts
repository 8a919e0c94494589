import { errorRegistry, type ErrorCode } from '#platform';
export { mediaLike } from '../../../libs/cms/src/testing/media-like.js';
import type { Heard } from './listener.js';

/** A Range field, and which bytes it means. */
export type AskedRange = readonly [field: string | undefined, start: number, end: number];

export const rangesOf = (size: number): readonly AskedRange[] => [
  [undefined, 0, size],
  ['bytes=100001-250000', 100_001, 250_001],
  ['bytes=200000-', 200_000, size],
  ['bytes=-77', size - 77, size],
  ['bytes=0-0', 0, 1],
  ['bytes=65535-65536', 65_535, 65_537],
];

/** How a playback went: `right`, `broken off` with no wrong byte, the code of a problem, or what must not be. */
export function judged({ status, body, complete }: Heard, media: Buffer, [field, start, end]: AskedRange): string {
  if (status !== 200 && status !== 206) return problemIn(status, body);
  if (status !== (field === undefined ? 200 : 206)) return `status ${status}`;
  if (!body.equals(media.subarray(start, Math.min(end, start + body.length)))) return 'wrong bytes';
  if (!complete) return 'broken off';
  return body.length === end - start ? 'right' : `${body.length} bytes`;
}

const codes = Object.keys(errorRegistry) as ErrorCode[];

/** The code of a problem: workers name it, and the gateway has its title. */
function problemIn(status: number, body: Buffer): string {
  try {
    const problem = JSON.parse(body.toString()) as { code?: ErrorCode; statusMessage?: string };
    const isMeant = (code: ErrorCode): boolean =>
      problem.code === code || problem.statusMessage?.startsWith(errorRegistry[code].title) === true;
    const code = codes.find(one => errorRegistry[one].http === status && isMeant(one));
    return code ?? `status ${status} with another problem: ${body.toString()}`;
  } catch {
    return `status ${status} without a problem`;
  }
}
