import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { ApiProblem } from '../../api/problem.js';

export type ArchiveJob = Schema<'ArchiveJob'>;
export type ArchiveJobWithParts = Schema<'ArchiveJobWithParts'>;
export type ArchiveSchedule = Schema<'ArchiveSchedule'>;

const all = ['archives'] as const;
/** A part of an archive takes seconds at least. */
const pollMs = 3_000;

export const useArchiveJobs = () =>
  useQuery({
    queryKey: [...all, 'list'],
    queryFn: async ({ signal }) => (await answerOf(api.GET('/rcs/archive-jobs', { signal }))).jobs,
    refetchInterval: pollMs,
    // One that was just begun is further by now.
    refetchOnMount: 'always',
  });

/** One job with a page of its parts. @param after the number of the part behind which the page begins */
export const useArchiveJob = (id: string, after: number) =>
  useQuery({
    queryKey: [...all, 'one', id, after],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/rcs/archive-jobs/{id}', { params: { path: { id }, query: { after } }, signal })),
    refetchInterval: pollMs,
  });

/** null where none is set. */
export const useArchiveSchedule = () =>
  useQuery({
    queryKey: [...all, 'schedule'],
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
  return useMutation({ mutationFn: act, onSettled: () => queries.invalidateQueries({ queryKey: all }) });
}
