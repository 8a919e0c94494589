import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { mayUse } from '../../session/rights.js';
import type { Privilege } from '../../session/session-api.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { archiveIntoStorage, type Destination } from '../archives/destination.js';
import { archive, erase, placeHold, protect, putLabel, type Outcome } from './acts.js';
import { ArchiveDialog, EraseDialog, HoldDialog, LabelDialog } from './act-dialogs.js';
import { OutcomeNotice } from './outcome-notice.js';

interface Properties {
  readonly recordings: readonly { readonly id: string; readonly nonDelete: boolean }[];
  /** After recordings were erased. */
  readonly onErased: () => void;
}

/** What can be done with recordings, by whoever may: with one, or with a selection. */
export function SelectionActs({ recordings, onErased }: Properties) {
  const t = useTexts();
  const { me } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'label' | 'hold' | 'archive' | 'erase'>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [failure, setFailure] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const isAdministrator = me.roles.includes('admin');
  const ids = recordings.map(({ id }) => id);
  const may = (privilege: Privilege): boolean => isAdministrator || mayUse(me, privilege);
  const labels = useQuery({
    queryKey: ['label-definitions'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v2/recording-label-definitions', { signal })),
    enabled: may('add-label'),
  });

  const run = async (act: () => Promise<Outcome>, then?: () => void): Promise<void> => {
    setAsked(undefined);
    setBusy(true);
    setFailure(undefined);
    try {
      setOutcome(await act());
      then?.();
    } catch (error) {
      setOutcome(undefined);
      setFailure(error);
    } finally {
      setBusy(false);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('recording') });
    }
  };
  const takeAlong = async (reason: string, destination: Destination | undefined): Promise<Outcome> => {
    if (destination === undefined) return archive(ids, reason, t('recordings.archiveBroken'));
    const { id } = await archiveIntoStorage(ids, reason, destination);
    await navigate(`/archives/${encodeURIComponent(id)}`);
    return { done: ids.length, kept: 0, refused: 0, reason: undefined };
  };
  const close = (): void => setAsked(undefined);
  const isDisabled = ids.length === 0 || isBusy;
  return (
    <>
      <div
        className="actions selection-acts"
        role="group"
        data-empty={ids.length === 0 ? '' : undefined}
        aria-label={t('recordings.selected', { count: ids.length })}
      >
        {may('add-label') && (
          <Button isDisabled={isDisabled} onPress={() => setAsked('label')}>
            {t('recordings.addLabel')}
          </Button>
        )}
        {([true, false] as const)
          .filter(isProtected => may(isProtected ? 'apply-non-delete' : 'unapply-non-delete'))
          .map(isProtected => (
            <ProtectionButton
              key={String(isProtected)}
              recordings={recordings}
              isProtected={isProtected}
              isDisabled={isBusy}
              onPress={concerned => void run(() => protect(concerned, isProtected))}
            />
          ))}
        {isAdministrator && (
          <>
            <Button isDisabled={isDisabled} onPress={() => setAsked('hold')}>
              {t('recordings.placeHold')}
            </Button>
            <Button isDisabled={isDisabled} onPress={() => setAsked('archive')}>
              {t('recordings.archive')}
            </Button>
            <Button kind="danger" isDisabled={isDisabled} onPress={() => setAsked('erase')}>
              {t('recordings.erase')}
            </Button>
          </>
        )}
      </div>
      {isBusy && <p role="status">{t('recordings.busy')}</p>}
      {outcome !== undefined && <OutcomeNotice outcome={outcome} />}
      {failure !== undefined && <Failure error={failure} />}
      <LabelDialog
        isOpen={asked === 'label'}
        labels={labels.data?.labelDefinitions ?? []}
        onClose={close}
        onChosen={name => void run(() => putLabel(ids, name))}
      />
      {asked === 'hold' && (
        <HoldDialog onClose={close} onChosen={(reason, until) => void run(() => placeHold(ids, reason, until))} />
      )}
      {asked === 'archive' && (
        <ArchiveDialog
          onClose={close}
          onChosen={(reason, destination) => void run(() => takeAlong(reason, destination))}
        />
      )}
      {asked === 'erase' && (
        <EraseDialog
          count={ids.length}
          onClose={close}
          onChosen={reason => void run(() => erase(ids, reason), onErased)}
        />
      )}
    </>
  );
}

interface ProtectionProperties extends Pick<Properties, 'recordings'> {
  readonly isProtected: boolean;
  readonly isDisabled: boolean;
  readonly onPress: (ids: readonly string[]) => void;
}

/** Where there is something to do: it says how many it is about where that is not the whole selection. */
function ProtectionButton({ recordings, isProtected, isDisabled, onPress }: ProtectionProperties) {
  const t = useTexts();
  const [all, concerned] = [recordings.length, recordings.filter(({ nonDelete }) => nonDelete !== isProtected)];
  const count = concerned.length;
  // Nobody knows yet what it will be about.
  if (count === 0 && !(all === 0 && isProtected)) return null;
  const text = isProtected ? 'recordings.protect' : 'recordings.unprotect';
  return (
    <Button isDisabled={isDisabled || count === 0} onPress={() => onPress(concerned.map(({ id }) => id))}>
      {count === all ? t(text) : t(`${text}Some`, { count, all })}
    </Button>
  );
}
