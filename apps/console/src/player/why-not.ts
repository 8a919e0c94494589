import { ApiProblem } from '../api/problem.js';

/** Why something does not play, as far as whoever listens can do something about it. */
export type WhyNot =
  'no-right' | 'key-missing' | 'key-vault-away' | 'storage-away' | 'gone' | 'busy' | 'damaged' | 'other';

/** By the answer of the server: its status, and its own words where the status is one of several things. */
export function whyNot(error: unknown): WhyNot {
  if (!(error instanceof ApiProblem)) return 'other';
  const { status, message } = error;
  if (status === 403) return 'no-right';
  if (status === 404) return 'gone';
  if (status === 429) return 'busy';
  if (status === 422) return /private key|no key/i.test(message) ? 'key-missing' : 'damaged';
  if (status === 503 && /vault|security module|token/i.test(message)) return 'key-vault-away';
  if (/storage|media file is missing|media file changed/i.test(message)) return 'storage-away';
  return status === 503 ? 'busy' : 'other';
}
