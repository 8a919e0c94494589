import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from '../system/simple-table.js';
import { useSessionsOf, useUserAct } from './user-queries.js';

/** Where somebody is logged in; sessions can be ended, one or all. */
export function UserSessions({ userName }: { readonly userName: string }) {
  const t = useTexts();
  const { time } = useFormats();
  const { data, error, refetch } = useSessionsOf(userName);
  const end = useUserAct((id: string) =>
    answerOf(api.DELETE('/api/v2/users/{userName}/sessions/{id}', { params: { path: { userName, id } } })),
  );
  const endAll = useUserAct(() =>
    answerOf(api.DELETE('/api/v2/users/{userName}/sessions', { params: { path: { userName } } })),
  );
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const failure = end.error ?? endAll.error;
  return (
    <>
      <SimpleTable
        title={t('users.sessions')}
        columns={[t('users.loggedIn'), t('users.sessionEnds'), t('audit.address'), t('users.browser'), t('users.act')]}
        rows={data.map(({ id, created, expires, address, userAgent, current }) => [
          time(created),
          time(expires),
          address,
          userAgent ?? '',
          current ? (
            t('users.thisSession')
          ) : (
            <Button key="end" isPending={end.isPending} onPress={() => end.mutate(id)}>
              {t('users.endSession')}
            </Button>
          ),
        ])}
        emptyText={t('users.noSession')}
      />
      {failure !== null && <Failure error={failure} />}
      {data.length > 0 && (
        <div>
          <Button isPending={endAll.isPending} onPress={() => endAll.mutate(undefined)}>
            {t('users.endAllSessions')}
          </Button>
        </div>
      )}
    </>
  );
}
