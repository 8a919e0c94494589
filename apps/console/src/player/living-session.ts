import { sendOrThrow } from '../api/client.js';
import { onServer } from '../api/server.js';

/** So long after an answer nobody asks again. */
const believedMs = 10_000;
let answeredAt = performance.now();

/**
 * Whether media may be fetched. A media element that is refused for want of a session has the browser ask for a password in a
 * window of its own; so the gateway is asked first, where nothing was heard of it for a while, and the console asks who it
 * is. Undefined for yes, at once.
 */
export function livingSession(): Promise<boolean> | undefined {
  return performance.now() - answeredAt < believedMs ? undefined : ask();
}

async function ask(): Promise<boolean> {
  try {
    await sendOrThrow(new Request(onServer('/api/v2/me')));
    answeredAt = performance.now();
    return true;
  } catch {
    return false;
  }
}
