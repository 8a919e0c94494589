import { CsrfToken } from './csrf-token.js';
import { ApiProblem, problemOf } from './problem.js';
import { onServer } from './server.js';

/** Why somebody has to say once more who they are: the session is gone, or an act on keys needs a recent login. */
export type LoginReason = 'expired' | 'fresh-login';

/** Asks who is there to log in, over the page. Answers whether they did. */
export type AskForLogin = (reason: LoginReason) => Promise<boolean>;

/** The vaults of a cluster may take a while over a key; longer than this nobody waits. */
const answerWithinMs = 60_000;

const csrf = new CsrfToken();
let askForLogin: AskForLogin | undefined;
let asking: Promise<boolean> | undefined;

/** Who is asked from now on; nobody while there is no session that could expire. */
export function whenLoginIsNeeded(ask: AskForLogin | undefined): void {
  askForLogin = ask;
}

/**
 * Sends a request with the session of the browser. Where the session has ended meanwhile, whoever sits there logs in over
 * the page, and the request is sent once more: nothing that was typed is lost.
 */
export async function send(request: Request, withinMs = answerWithinMs): Promise<Response> {
  const first = await sendOnce(request.clone(), withinMs);
  if (first.ok) return first;
  const problem = await problemOf(first.clone());
  if (isStaleToken(problem)) {
    await sendOnce(new Request(onServer('/api/v2/me')));
    return sendOnce(request, withinMs);
  }
  const reason = loginReasonOf(problem);
  if (reason === undefined || askForLogin === undefined) return first;
  // Several requests find out at the same time; one dialog is enough.
  asking ??= askForLogin(reason).finally(() => (asking = undefined));
  return (await asking) ? sendOnce(request, withinMs) : first;
}

/** Sends it and asks nobody: for the login itself, and to find out whether there is a session. */
export async function sendOnce(request: Request, withinMs = answerWithinMs): Promise<Response> {
  // So that the browser does not open a dialog of its own.
  request.headers.set('X-Requested-With', 'XMLHttpRequest');
  if (request.method !== 'GET') csrf.addTo(request.headers);
  const response = await answered(request, withinMs);
  csrf.note(response.headers);
  return response;
}

async function answered(request: Request, withinMs: number): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(withinMs)]) });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiProblem(0, undefined, error instanceof Error ? error.message : String(error));
  }
}

function loginReasonOf({ status, code }: ApiProblem): LoginReason | undefined {
  if (status === 401) return 'expired';
  return code === 'RCS_FRESH_LOGIN_REQUIRED' ? 'fresh-login' : undefined;
}

/** Another tab has logged in meanwhile: the cookie is a new one, the token the old one. */
const isStaleToken = ({ status, code, message }: ApiProblem): boolean =>
  status === 403 && (code === 'RCS_CSRF_TOKEN_REQUIRED' || /csrf/i.test(message));
