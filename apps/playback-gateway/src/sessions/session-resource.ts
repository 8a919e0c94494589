import { apiTime } from '../http/api-time.js';
import type { ListedSession } from './session.js';

/** A session as `/api/v2` answers it. */
export function sessionResource(session: ListedSession, currentKey: string | undefined) {
  const { id, userName, createdAt, expiresAt, address, userAgent } = session;
  return {
    id,
    userName,
    created: apiTime(createdAt),
    expires: apiTime(expiresAt),
    address,
    ...(userAgent === undefined ? {} : { userAgent }),
    current: session.key === currentKey,
  };
}
