import type { Schema } from '../api/client.js';
import { problemOf } from '../api/problem.js';
import { sendOnce, type LoginReason } from '../api/send.js';
import { onServer, serverUrl } from '../api/server.js';

/** What there is to log in with, beside a password. */
export type LoginMethods = Schema<'LoginMethods'>;

/** @throws ApiProblem */
export async function readLoginMethods(): Promise<LoginMethods> {
  const response = await sendOnce(new Request(onServer('/console/login')));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as LoginMethods;
}

const begin = (parameters: Record<string, string>): string =>
  onServer(`/console/login/openid?${new URLSearchParams(parameters).toString()}`);

/** Goes to the provider, which leads back to this place of the console. */
export function logInAtProvider(): void {
  location.assign(begin({ returnTo: location.hash.slice(1) }));
}

/** Opens the provider beside the page, which stays as it is; it tells by `whenLoggedInBeside`. */
export function logInBeside(reason: LoginReason): void {
  const parameters = { in: 'window', ...(reason === 'fresh-login' ? { fresh: 'true' } : {}) };
  window.open(begin(parameters), '_blank', 'popup,width=520,height=720');
}

/**
 * How windows of one console tell one another. The window of a log-in has no opener any more when it comes back: the policy
 * of the console (Cross-Origin-Opener-Policy) parts it from whatever page the provider shows.
 */
const channelName = `rcs-console-login ${serverUrl}`;

/** Calls back whenever somebody has logged in in a window beside a page. @returns what ends it */
export function whenLoggedInBeside(callBack: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = callBack;
  return () => channel.close();
}

/** Tells the page that opened this window, which is needed no more. */
export function tellPageBeside(): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage('logged in');
  channel.close();
  window.close();
}
