import { performance } from 'node:perf_hooks';

/** Between two looks at how busy a thread is. */
export const lookEveryMs = 5000;
/** Share of a period in which the event loop worked. What is busier makes garbage and collects by itself. */
export const quietShare = 0.05;

/** @returns tells in which share of the time since it was asked last the event loop of the calling thread worked */
export function shareOfEventLoop(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
