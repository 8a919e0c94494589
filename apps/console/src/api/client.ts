import createClient from 'openapi-fetch';
import type { components, paths } from './api-types.js';
import { problemOf } from './problem.js';
import { send } from './send.js';
import { serverUrl } from './server.js';

/** The schemas that the description of the API names: `Schema<'Certificate'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/**
 * The gateway, by the description of its API: `answerOf(api.GET('/rcs/certificates', { params: ... }))`. Whatever is not
 * done throws an ApiProblem.
 */
export const api = createClient<paths>({ baseUrl: serverUrl, fetch: request => sendOrThrow(request) });

/** What an operation answers. @throws ApiProblem */
export async function answerOf<Answer>(call: Promise<{ readonly data?: Answer }>): Promise<Answer> {
  const { data } = await call;
  return data as Answer;
}

/**
 * For answers that are no JSON: media, streams of events.
 * @param withinMs for the whole of it, where that takes longer than answers do
 * @throws ApiProblem
 */
export async function sendOrThrow(request: Request, withinMs?: number): Promise<Response> {
  const response = await send(request, withinMs);
  if (!response.ok) throw await problemOf(response);
  return response;
}
