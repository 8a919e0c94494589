import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { certificatesChanged } from '../certificates/certificate-queries.js';
import { archivesChanged, archiveKeys } from './archive-queries.js';

export type KeptArchive = Schema<'KeptArchive'>;

/**
 * Archives that keys are kept for, a page after the other. Reading them is in the audit: they are not read again by themselves.
 * @param certificate the alias of the one whose key they need; undefined for all of them
 */
export const useKeptArchives = (certificate: string | undefined) =>
  useInfiniteQuery({
    queryKey: archiveKeys.kept(certificate),
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(certificate === undefined ? {} : { certificate }),
        ...(pageParam === '' ? {} : { cursor: pageParam }),
      };
      return answerOf(api.GET('/rcs/kept-archives', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** Says why nobody needs an archive any more; certificates are read again as well, whose key it may have needed. */
export function useRelease(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) =>
      answerOf(api.POST('/rcs/kept-archives/{id}/release', { params: { path: { id } }, body: { reason } })),
    // Also where it was refused: somebody else may have released it.
    onSettled: () => Promise.all([archivesChanged(queries), certificatesChanged(queries)]),
  });
}
