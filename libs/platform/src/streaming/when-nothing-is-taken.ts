import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { unacknowledgedBytes } from './send-queues.js';

/** Looks at the system's buffer, in each time-out. */
const looksPerTimeout = 2;
/**
 * All receivers that are looked at within this part of the time-out share one look, which costs the kernel some 6 ms for each
 * thousand connections of the machine.
 */
const gatheredPart = 1 / 12;
const longestGatheringMs = 5000;

/** What of a connection's insides Node names nowhere else. */
interface Handle {
  readonly fd?: number;
  /** Bytes that the system has not been handed yet. */
  readonly writeQueueSize?: number;
}

/**
 * Tells once that a receiver has taken nothing for `timeoutMs`, while there is something for it to take and nothing is added. A stream
 * hears of what is taken when a third of the system's buffer is free again, which slow receivers need minutes for; so what
 * the other side has acknowledged counts, where the system tells it. There it may take most of the time again to be sure.
 * @returns ends the watch; to be called as soon as the stream hears that something was taken.
 */
export function whenNothingIsTaken(receiver: Writable, timeoutMs: number, tell: () => void): () => void {
  const gatheringMs = Math.min(longestGatheringMs, timeoutMs * gatheredPart);
  let since = performance.now();
  let seen: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const lookAfter = (ms: number): void => {
    timer = setTimeout(() => void look(), Math.max(0, ms));
  };
  const look = async (): Promise<void> => {
    const left = await untaken(receiver, gatheringMs);
    if (timer === undefined) return;
    const now = performance.now();
    if (left !== undefined && left !== seen) since = now;
    seen = left;
    const restMs = since + timeoutMs - now;
    if (restMs <= 0) tell();
    else lookAfter(left === undefined ? restMs : Math.min(restMs, timeoutMs / looksPerTimeout));
  };
  lookAfter(timeoutMs / looksPerTimeout);
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

/** What of a receiver's bytes lies on this side; undefined where that cannot be said. */
async function untaken(receiver: Writable, gatheringMs: number): Promise<string | undefined> {
  const socket = 'socket' in receiver ? (receiver.socket as Socket | null) : receiver;
  const handle = (socket as { readonly _handle?: Handle | null } | null)?._handle;
  if (handle?.fd === undefined || handle.fd < 0) return undefined;
  const bytes = await unacknowledgedBytes(handle.fd, gatheringMs);
  return bytes === undefined ? undefined : `${bytes} ${handle.writeQueueSize ?? ''}`;
}
