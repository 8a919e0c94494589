export interface WorkerLoad {
  readonly instance: string;
  readonly load: number;
}

/**
 * Power of two choices: of two random candidates the one with less to do. Nearly as even as always taking the least
 * loaded one, without all gateways running to the same worker between two heartbeats.
 */
export function chooseWorker<W extends WorkerLoad>(candidates: readonly W[], random: () => number): W | undefined {
  const first = candidates[Math.floor(random() * candidates.length)];
  if (first === undefined || candidates.length === 1) return first;
  const others = candidates.filter(candidate => candidate !== first);
  const second = others[Math.floor(random() * others.length)];
  return second !== undefined && second.load < first.load ? second : first;
}
