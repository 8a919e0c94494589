import type { Profiler, Runtime } from 'node:inspector';

export interface SelfTime {
  /** Function and line of the bundled program, or what V8 calls what is none. */
  readonly place: string;
  readonly ms: number;
}

const idle = '(idle)';

/** Where a thread spent its time, the dearest places first, without the time in which it waited. */
export function selfTimes({ nodes, samples, timeDeltas }: Profiler.Profile): readonly SelfTime[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const spent = new Map<string, number>();
  for (const [index, sample] of (samples ?? []).entries()) {
    const place = places.get(sample) ?? idle;
    spent.set(place, (spent.get(place) ?? 0) + (timeDeltas?.[index] ?? 0) / 1000);
  }
  spent.delete(idle);
  return [...spent].map(([place, ms]) => ({ place, ms })).sort((a, b) => b.ms - a.ms);
}

function placeOf({ functionName, url, lineNumber }: Runtime.CallFrame): string {
  const name = functionName === '' ? 'anonymous' : functionName;
  return url === '' ? name : `${name} ${url.replace(/^.*\//, '')}:${lineNumber + 1}`;
}
