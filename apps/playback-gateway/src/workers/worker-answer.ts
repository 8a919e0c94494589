import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { z } from 'zod';
import { neededPartsHeader, neededPartsOf, type OwnWorkerAnswer, type WorkerRegistration } from '#contracts';
import { MissingPartsError } from '#media-storage';
import { fromProblemDetails, RcsError, type ErrorCode } from '#platform';

export interface WorkerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end, or given up. */
  readonly body: Readable;
}

/** Of the body, in bytes. */
export const bodyLengthOf = ({ headers }: Pick<WorkerAnswer, 'headers'>): number =>
  Number(headers['content-length'] ?? 0);

const maximumProblemBytes = 64 * 1024;

/** A reply by its schema. @throws RcsError RCS_WORKER_FAILED for one that is none */
export function parsed<Reply>(schema: z.ZodType<Reply>, reply: unknown, worker: WorkerRegistration): Reply {
  const result = schema.safeParse(reply);
  if (result.success) return result.data;
  throw new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} gave an answer we cannot read`, {
    cause: result.error,
  });
}

/** What a worker refuses a request with; its body is read, or given up. */
export async function problemOf(response: OwnWorkerAnswer, worker: WorkerRegistration): Promise<RcsError> {
  const fallback = new RcsError('RCS_WORKER_FAILED', `worker ${worker.instance} answered ${response.statusCode}`);
  const headers = singleValues(response.headers);
  const retryAfter = Number(headers['retry-after']);
  const length = Number(headers['content-length']);
  if (!(length <= maximumProblemBytes)) {
    response.body.destroy();
    return fallback;
  }
  try {
    const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined;
    const problem = fromProblemDetails(await json(response.body), fallback, retryAfterMs);
    const parts = neededPartsOf(headers[neededPartsHeader]);
    return problem.code === 'RCS_CONTENT_TREE_NEEDED' && parts !== undefined ? new MissingPartsError(parts) : problem;
  } catch (error) {
    return new RcsError(fallback.code, fallback.message, { cause: error });
  }
}

/** Fields that came several times are one, as in RFC 9110. */
export function singleValues(headers: OwnWorkerAnswer['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Failures of one worker that another one may not have. */
const otherWorkerMayHelp: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_WORKER_FAILED',
  'RCS_OVERLOADED',
  'RCS_SHUTTING_DOWN',
  'RCS_INTERNAL',
]);

/** Whether the same request may succeed at another worker. */
export function canGoElsewhere(error: unknown): boolean {
  return error instanceof RcsError && otherWorkerMayHelp.has(error.code);
}
