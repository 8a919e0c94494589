import { median } from '../statistics.js';
import type { ServiceProfile } from './service-probe.js';
import type { TimedRange } from './timed-range.js';

/** One step of a scene: medians over its requests, milliseconds. */
export interface StepRow {
  readonly role: string;
  readonly name: string;
  /** After the request was sent over a connection that stands. */
  readonly begins: number;
  readonly takes: number;
  /** The slowest tenth takes this or more. */
  readonly slowTenth: number;
  /** How many of the requests had it. */
  readonly requests: number;
}

interface Heard {
  readonly role: string;
  readonly name: string;
  readonly begins: number[];
  readonly takes: number[];
}

/** The steps of these requests in the order in which they begin. */
export function stepRows(requests: readonly TimedRange[], profiles: readonly ServiceProfile[]): readonly StepRow[] {
  const connectedAt = new Map(requests.map(request => [request.requestId, request.connectedAt]));
  const heard = new Map<string, Heard>();
  const before = new Set<string>();
  for (const { role, steps } of profiles) {
    for (const { requestId, name: step, begunAt, ms } of steps) {
      const from = connectedAt.get(requestId);
      if (from === undefined) continue;
      const occasion = `${requestId} ${role} ${step}`;
      const name = before.has(occasion) ? `${step}, again` : step;
      before.add(occasion);
      const row = heard.get(`${role} ${name}`) ?? { role, name, begins: [], takes: [] };
      row.begins.push(begunAt - from);
      row.takes.push(ms);
      heard.set(`${role} ${name}`, row);
    }
  }
  return [...heard.values()].map(rowOf).sort((a, b) => a.begins - b.begins);
}

const rowOf = ({ role, name, begins, takes }: Heard): StepRow => ({
  role,
  name,
  begins: median(begins),
  takes: median(takes),
  slowTenth: slowTenth(takes),
  requests: takes.length,
});

export function slowTenth(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.9)] ?? NaN;
}
