import type { Readable } from 'node:stream';
import type { WorkerRegistration } from '../worker-registry/worker-registry.js';

/** What a gateway asks of a worker that runs in its own process. */
export interface OwnWorkerRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is JSON on every other way, or what is uploaded. */
  readonly body: object;
}

export interface OwnWorkerAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Closes without an end where the worker breaks off. */
  readonly body: Readable;
}

/**
 * A worker in the process of its gateway, which asks it by a call. It judges grants, and opens media by the vault, under an
 * identity of its own, as every other worker.
 */
export interface OwnWorker {
  readonly instance: WorkerRegistration['instance'];
  /**
   * @param signal gives up while the answer is waited for
   * @param timeoutMs for the head of the answer
   * @throws when there is no head: the reason of the signal, RcsError RCS_TIMEOUT
   */
  ask(request: OwnWorkerRequest, signal: AbortSignal, timeoutMs: number): Promise<OwnWorkerAnswer>;
}
