import { useInfiniteQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';

export type AuditRecord = Schema<'AuditPage'>['records'][number];

/** What is looked for; empty for anything. Days are those of whoever looks. */
export interface AuditSearch {
  readonly user: string;
  readonly recording: string;
  readonly from: string;
  readonly to: string;
  readonly order: 'newest-first' | 'oldest-first';
}

export const everything: AuditSearch = { user: '', recording: '', from: '', to: '', order: 'newest-first' };

const pageSize = 100;
const dayMs = 86_400_000;

/** The parameters of the server: a day begins at its midnight here, and is looked through to its end. */
export function auditQuery({ user, recording, from, to, order }: AuditSearch) {
  const midnight = (day: string): number => new Date(`${day}T00:00:00`).getTime();
  return {
    order,
    limit: pageSize,
    ...(user.trim() === '' ? {} : { user: user.trim() }),
    ...(recording.trim() === '' ? {} : { recording: recording.trim() }),
    ...(from === '' ? {} : { from: new Date(midnight(from)).toISOString() }),
    ...(to === '' ? {} : { to: new Date(midnight(to) + dayMs - 1).toISOString() }),
  };
}

/** Records, a page after the other. Reading the audit is in the audit: it is not read again by itself. */
export const useAudit = (search: AuditSearch) =>
  useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: ({ pageParam }) => {
      const query = { ...auditQuery(search), ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return answerOf(api.GET('/rcs/audit', { params: { query } }));
    },
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
