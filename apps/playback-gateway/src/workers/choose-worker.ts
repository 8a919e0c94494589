export interface WorkerLoad {
  readonly instance: string;
  readonly load: number;
}

/**
 * Power of two choices: of two random candidates the one with less to do. Nearly as even as always taking the least
 * loaded one, without all gateways running to the same worker between two heartbeats, and in the same time for a thousand
 * workers as for two.
 */
export function chooseWorker<W extends WorkerLoad>(candidates: readonly W[], random: () => number): W | undefined {
  const firstIndex = Math.floor(random() * candidates.length);
  const first = candidates[firstIndex];
  if (first === undefined || candidates.length === 1) return first;
  const amongOthers = Math.floor(random() * (candidates.length - 1));
  const second = candidates[amongOthers < firstIndex ? amongOthers : amongOthers + 1];
  return second !== undefined && second.load < first.load ? second : first;
}
