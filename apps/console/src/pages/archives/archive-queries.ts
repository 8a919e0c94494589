import { useMutation, useQuery, useQueryClient, type QueryClient, type UseMutationResult } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { ApiProblem } from '../../api/problem.js';

export type ArchiveJob = Schema<'ArchiveJob'>;
export type ArchiveJobWithParts = Schema<'ArchiveJobWithParts'>;
export type ArchiveSchedule = Schema<'ArchiveSchedule'>;

const all = ['archives'] as const;
export const archiveKeys = {
  list: [...all, 'list'] as const,
  one: (id: string, after: number) => [...all, 'one', id, after] as const,
  schedule: [...all, 'schedule'] as const,
  kept: (certificate: string | undefined) => [...all, 'kept', certificate ?? ''] as const,
};
/** What is on the page is read again. */
export const archivesChanged = (queries: QueryClient): Promise<void> => queries.invalidateQueries({ queryKey: all });

/** A part of an archive takes seconds at least. */
const pollMs = 3_000;

export const useArchiveJobs = () =>
  useQuery({
    queryKey: archiveKeys.list,
    queryFn: async ({ signal }) => (await answerOf(api.GET('/rcs/archive-jobs', { signal }))).jobs,
    refetchInterval: pollMs,
    // One that was just begun is further by now.
    refetchOnMount: 'always',
  });

/** One job with a page of its parts. @param after the number of the part behind which the page begins */
export const useArchiveJob = (id: string, after: number) =>
  useQuery({
    queryKey: archiveKeys.one(id, after),
    queryFn: ({ signal }) =>
      answerOf(api.GET('/rcs/archive-jobs/{id}', { params: { path: { id }, query: { after } }, signal })),
    refetchInterval: pollMs,
  });

/** null where none is set. */
export const useArchiveSchedule = () =>
  useQuery({
    queryKey: archiveKeys.schedule,
    queryFn: async ({ signal }): Promise<ArchiveSchedule | null> => {
      try {
        return await answerOf(api.GET('/rcs/archive-schedule', { signal }));
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
  });

/** An act on jobs or on the schedule: what is on the page is read again when it is done. */
export function useArchiveAct<Input, Answer>(
  act: (input: Input) => Promise<Answer>,
): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => archivesChanged(queries) });
}
