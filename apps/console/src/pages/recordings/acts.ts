import { answerOf, api, sendOrThrow } from '../../api/client.js';
import { onServer } from '../../api/server.js';

/** What became of an act on several recordings. */
export interface Outcome {
  readonly done: number;
  readonly kept: number;
  readonly refused: number;
  /** What the server said to the first that it refused. */
  readonly reason: string | undefined;
}

const none: Outcome = { done: 0, kept: 0, refused: 0, reason: undefined };

/** One after the other; one that is refused harms none of the others. */
async function each(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<Outcome> {
  let outcome = none;
  for (const id of ids) {
    try {
      await act(id);
      outcome = { ...outcome, done: outcome.done + 1 };
    } catch (error) {
      const reason = outcome.reason ?? (error instanceof Error ? error.message : String(error));
      outcome = { ...outcome, refused: outcome.refused + 1, reason };
    }
  }
  return outcome;
}

export const putLabel = (ids: readonly string[], name: string): Promise<Outcome> =>
  each(ids, id => answerOf(api.POST('/api/v2/recordings/{id}/labels', { params: { path: { id } }, body: { name } })));

export const takeLabel = (id: string, name: string): Promise<Outcome> =>
  each([id], () => answerOf(api.DELETE('/api/v2/recordings/{id}/labels/{name}', { params: { path: { id, name } } })));

export const protect = (ids: readonly string[], isProtected: boolean): Promise<Outcome> =>
  each(ids, id =>
    answerOf(
      api.POST('/api/v2/recordings/{id}', {
        params: { path: { id } },
        body: { operationName: isProtected ? 'applyNonDelete' : 'unapplyNonDelete' },
      }),
    ),
  );

/** @param until a day; empty until somebody releases it */
export const placeHold = (ids: readonly string[], reason: string, until: string): Promise<Outcome> => {
  const body = until === '' ? { reason } : { reason, until: new Date(`${until}T23:59:59`).toISOString() };
  return each(ids, id => answerOf(api.POST('/rcs/recordings/{id}/holds', { params: { path: { id } }, body })));
};

export const releaseHold = (id: string, hold: string): Promise<Outcome> =>
  each([id], () => answerOf(api.DELETE('/rcs/recordings/{id}/holds/{hold}', { params: { path: { id, hold } } })));

/** @throws ApiProblem when nothing was erased */
export async function erase(ids: readonly string[], reason: string): Promise<Outcome> {
  const { recordings } = await answerOf(api.POST('/rcs/erasures', { body: { reason, recordings: [...ids] } }));
  const count = (...outcomes: readonly string[]): number =>
    recordings.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return { ...none, done: count('removed', 'unknown'), kept: count('kept', 'partly') };
}

/** Archives are sent as fast as their media is read. */
const archiveWithinMs = 3_600_000;

/** An archive of recordings, as a file of the browser's. @throws ApiProblem; Error with `broken` when it broke off on its way */
export async function archive(ids: readonly string[], reason: string, broken: string): Promise<Outcome> {
  const response = await sendOrThrow(
    new Request(onServer('/rcs/archives'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason, recordings: ids }),
    }),
    archiveWithinMs,
  );
  let content: Blob;
  try {
    // Browsers keep large ones on disk.
    content = await response.blob();
  } catch (cause) {
    throw new Error(broken, { cause });
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'archive.zip';
  link.click();
  URL.revokeObjectURL(link.href);
  return { ...none, done: ids.length };
}
