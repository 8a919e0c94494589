import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

const comparisonKey = createSecretKey(randomBytes(32));

/** Whether two secrets are the same; digests of equal length are compared, so that neither content nor length shows in the time. */
export function equalSecrets(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', comparisonKey).update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
