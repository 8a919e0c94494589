import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type Schema } from '../../api/client.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { Custody } from './custody.js';
import { LocalKeyManager } from './local-key-manager.js';
import { MediaFiles } from './media-files.js';
import { SimpleTable } from './simple-table.js';
import { Storages } from './storages.js';

const refreshMs = 5_000;

/** Whether vaults, tokens, workers and storages are there. */
export function Component() {
  const t = useTexts();
  const { me } = useSession();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['system'],
    queryFn: () => answerOf(api.GET('/rcs/system')),
    refetchInterval: refreshMs,
  });
  return (
    <Page title={t('nav.system')} actions={<Button onPress={() => void refetch()}>{t('app.refresh')}</Button>}>
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <State system={data} />
      )}
      {me.contactCenter !== undefined && rights.users(me) && <Storages />}
      {rights.administerCertificates(me) && (
        <>
          <MediaFiles />
          <Custody />
        </>
      )}
      {me.contactCenter !== undefined && rights.keyManager(me) && <LocalKeyManager />}
    </Page>
  );
}

function State({ system: { version, vaults, workers } }: { readonly system: Schema<'System'> }) {
  const t = useTexts();
  // Operations accounts see what all contact centers together do.
  const hasLoad =
    vaults.some(({ load }) => load !== undefined) || workers.some(({ inFlight }) => inFlight !== undefined);
  const loadTitle = hasLoad ? [t('system.load')] : [];
  const isAllThere = workers.length > 0 && vaults.length > 0 && vaults.every(({ ready }) => ready);
  return (
    <>
      <Notice kind={isAllThere ? 'good' : 'warning'}>
        <p>{isAllThere ? t('system.allThere') : t('system.notAllThere')}</p>
        <p>{t('system.version', { version })}</p>
      </Notice>
      <SimpleTable
        title={t('system.vaults')}
        columns={[t('system.vault'), t('system.state'), t('system.tokens'), ...loadTitle]}
        rows={vaults.map(({ vault, ready, reason, tokens, load }) => [
          vault,
          <Ready key="ready" ready={ready} reason={reason} />,
          <Tokens key="tokens" tokens={tokens} />,
          ...(load === undefined ? [] : [t('system.vaultLoad', load)]),
        ])}
        emptyText={t('system.noVault')}
      />
      <SimpleTable
        title={t('system.workers')}
        columns={[t('system.worker'), t('system.workerVersion'), ...loadTitle]}
        rows={workers.map(({ worker, version: workerVersion, inFlight }) => [
          worker,
          workerVersion,
          ...(inFlight === undefined ? [] : [t('system.workerLoad', { requests: inFlight })]),
        ])}
        emptyText={t('system.noWorker')}
      />
    </>
  );
}

function Ready({ ready, reason }: { readonly ready: boolean; readonly reason: string | undefined }) {
  const t = useTexts();
  return (
    <>
      <Badge kind={ready ? 'good' : 'danger'}>{ready ? t('system.ready') : t('system.notReady')}</Badge> {reason}
    </>
  );
}

function Tokens({ tokens }: { readonly tokens: Schema<'System'>['vaults'][number]['tokens'] }) {
  return tokens.map(({ name, state, reason }) => (
    <div key={name}>
      <code>{name}</code> <Badge kind={state === 'open' ? 'good' : 'danger'}>{state}</Badge> {reason}
    </div>
  ));
}
