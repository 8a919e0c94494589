import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';

export type User = Schema<'User'>;
export type Role = User['roles'][number];
export type UserPrivilege = User['privileges'][number];

/** What may be given; nobody gives the role of the recorder. */
export const givenRoles = ['agent', 'supervisor', 'admin'] as const satisfies readonly Role[];
export const givenPrivileges = [
  'decrypt-recording',
  'administer-certificates',
  'administer-local-key-manager',
  'add-label-definition',
  'delete-label-definition',
  'add-label',
  'delete-label',
  'apply-non-delete',
  'unapply-non-delete',
] as const satisfies readonly UserPrivilege[];

const all = ['users'] as const;

export const useUsers = () =>
  useQuery({ queryKey: [...all, 'list'], queryFn: async () => (await answerOf(api.GET('/rcs/users'))).users });

export const useAccessGroups = () =>
  useQuery({ queryKey: [...all, 'access-groups'], queryFn: () => answerOf(api.GET('/rcs/access-groups')) });

export const useSessionsOf = (userName: string) =>
  useQuery({
    queryKey: [...all, 'sessions', userName],
    queryFn: async () => {
      const params = { path: { userName } };
      return (await answerOf(api.GET('/api/v2/users/{userName}/sessions', { params }))).sessions;
    },
    refetchInterval: 10_000,
  });

/** An act on users: what is on the page is read again when it is done. */
export function useUserAct<Input, Answer>(
  act: (input: Input) => Promise<Answer>,
): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => queries.invalidateQueries({ queryKey: all }) });
}
