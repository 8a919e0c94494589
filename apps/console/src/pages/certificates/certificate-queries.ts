import { useMutation, useQuery, useQueryClient, type QueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { answerOf, api, type Schema } from '../../api/client.js';
import { followEvents } from '../../api/events.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';

export type Certificate = Schema<'Certificate'>;
export type CertificateDetails = Schema<'CertificateDetails'>;
export type Rewrap = Schema<'Rewrap'>;

/** Everything that a change of certificates, assignments or keys may change. */
const all = ['certificates'] as const;
export const certificateKeys = {
  list: (deleted: boolean) => [...all, 'list', deleted] as const,
  one: (alias: string) => [...all, 'one', alias] as const,
  waitingKeys: [...all, 'waiting-keys'] as const,
  screens: [...all, 'screens'] as const,
  profiles: [...all, 'profiles'] as const,
  rewraps: [...all, 'rewraps'] as const,
};
export const certificatesChanged = (queries: QueryClient): Promise<void> =>
  queries.invalidateQueries({ queryKey: all });

/** For whom the server has no stream of changes, and where a proxy holds it up. */
const pollMs = 15_000;

/** Keeps what is on the page as it is at the server: changes of others are seen without anything being done. */
export function useLiveCertificates(): void {
  const queries = useQueryClient();
  const isAdministrator = rights.administerCertificates(useSession().me);
  useEffect(() => {
    if (!isAdministrator) return;
    const end = new AbortController();
    void followEvents('/rcs/certificate-events', () => void certificatesChanged(queries), end.signal);
    return () => end.abort();
  }, [isAdministrator, queries]);
}

export const useCertificates = (deleted = false) =>
  useQuery({
    queryKey: certificateKeys.list(deleted),
    queryFn: async () => {
      const query = { deleted: deleted ? ('true' as const) : ('false' as const), limit: 500 };
      return (await answerOf(api.GET('/rcs/certificates', { params: { query } }))).certificates;
    },
    refetchInterval: pollMs,
  });

export const useCertificate = (alias: string) =>
  useQuery({
    queryKey: certificateKeys.one(alias),
    queryFn: () => answerOf(api.GET('/rcs/certificates/{alias}', { params: { path: { alias } } })),
    refetchInterval: pollMs,
  });

export const useWaitingKeys = (isEnabled: boolean) =>
  useQuery({
    queryKey: certificateKeys.waitingKeys,
    queryFn: async () => (await answerOf(api.GET('/rcs/keys'))).keys,
    enabled: isEnabled,
  });

export const useRewraps = () =>
  useQuery({
    queryKey: certificateKeys.rewraps,
    queryFn: async () => (await answerOf(api.GET('/rcs/rewraps'))).rewraps,
    refetchInterval: ({ state }) => (state.data?.some(run => run.state === 'running') === true ? 1_000 : pollMs),
  });

/** An act on certificates: what is on the page is read again when it is done. */
export function useCertificateAct<Input, Answer>(
  act: (input: Input) => Promise<Answer>,
): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => certificatesChanged(queries) });
}
