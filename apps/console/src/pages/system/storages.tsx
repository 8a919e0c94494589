import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { Failure } from '../../components/failure.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from './simple-table.js';

type Setting = Schema<'SettingGroup'>['settings'][number];

/** Storages that the contact center has set for itself; those of the configuration are the operators'. */
export function Storages() {
  const t = useTexts();
  const { data, error, refetch } = useQuery({
    queryKey: ['system', 'storages'],
    queryFn: () => {
      const params = { path: { group: 'screen-recording' }, query: { subresources: '*' as const } };
      return answerOf(api.GET('/api/v2/settings/{group}', { params }));
    },
  });
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <SimpleTable
      title={t('system.storages')}
      columns={[t('system.location'), t('system.storagePath'), t('system.storageUser'), t('system.state')]}
      rows={(data?.settings ?? [])
        .flatMap(storagesOf)
        .map(({ location, path, user, isActive }) => [
          location,
          <code key="path">{path}</code>,
          user,
          isActive ? t('system.active') : t('system.inactive'),
        ])}
      emptyText={t('system.noStorage')}
    />
  );
}

function storagesOf({ location, value }: Setting) {
  if (typeof value === 'string') return [];
  return value.map(({ credential, active }) => ({
    location,
    path: credential.storagePath,
    user: credential.userName ?? '',
    isActive: active,
  }));
}
