import { performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Of each half: a fourth of the collections of the half that a process begins with, and little memory. */
const halfBytes = 4 * 1024 * 1024;
const bothHalves = 2 * halfBytes;
/** From the half that a process begins with, 1 MiB, in one step. */
const growthFactor = 4;
/** More than it takes. */
const mostPieces = 2048;
const pieceSlots = 1024;

const lookEveryMs = 1000;
/** Share of a second in which the event loop worked: a start is over, and there is something to do. */
const quietShare = 0.05;
const busyShare = 0.2;

/**
 * Lets the young generation grow once, as soon as there is something to do after the start was over: who has nothing to do
 * holds no memory for it. It keeps no process running.
 */
export function growWhenBusy(): void {
  let before = performance.eventLoopUtilization();
  let isStarted = false;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    isStarted ||= utilization < quietShare;
    if (!isStarted || utilization < busyShare) return;
    clearInterval(timer);
    growYoungGeneration();
  }, lookEveryMs).unref();
}

/**
 * Lets the young generation grow to 4 MiB for each half, and no further. V8 lets it grow where much survives a collection,
 * from one collection to the next and as far as it may; so much survives for as long as it may grow here.
 */
export function growYoungGeneration(): void {
  setFlagsFromString(`--semi-space-growth-factor=${growthFactor}`);
  try {
    const surviving: number[][] = [];
    while (youngBytes() < bothHalves && surviving.length < mostPieces)
      surviving.push(new Array<number>(pieceSlots).fill(0));
  } finally {
    setFlagsFromString('--semi-space-growth-factor=1');
  }
}

/** What the young generation has of the system's memory. */
export const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? bothHalves;
