/** Seconds from 100 microseconds to 3.3 seconds, doubling: for what happens inside the cluster. */
export const internalLatencyBuckets: number[] = Array.from({ length: 16 }, (_, step) => 0.0001 * 2 ** step);

/** Seconds from a millisecond to ten seconds: for what a listener waits for. */
export const listenerLatencyBuckets: number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
