import type { Schema } from '../api/client.js';
import { problemOf } from '../api/problem.js';
import { sendOnce } from '../api/send.js';
import { onServer } from '../api/server.js';

/** Who is logged in, and what they may do. */
export type Me = Schema<'Me'>['user'];
export type Privilege = Me['privileges'][number];

/** Who the session of this browser is of; undefined for no session. @throws ApiProblem */
export async function readMe(): Promise<Me | undefined> {
  const response = await sendOnce(new Request(onServer('/api/v2/me')));
  if (response.status === 401) return undefined;
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as Schema<'Me'>).user;
}

/** Opens a session. @throws ApiProblem: 401 for wrong credentials, 429 after too many attempts */
export async function logIn(userName: string, password: string): Promise<void> {
  const response = await sendOnce(
    new Request(onServer('/api/v2/sessions'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userName, password }),
    }),
  );
  if (!response.ok) throw await problemOf(response);
}

/**
 * Ends the session; one that is gone already is as well.
 * @returns where whoever logged in at the OpenID provider ends their session there
 */
export async function logOut(): Promise<string | undefined> {
  const response = await sendOnce(new Request(onServer('/api/v2/sessions/current'), { method: 'DELETE' }));
  if (response.status === 401) return undefined;
  if (!response.ok) throw await problemOf(response);
  return ((await response.json()) as Schema<'LoggedOut'>).providerLogOut;
}
