import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { findRecordings } from './find-recordings.js';
import { RecordingsTable } from './recordings-table.js';
import { parametersOf, positionOf, searchOf } from './search.js';
import { SearchForm } from './search-form.js';
import { SelectionActs } from './selection-acts.js';
import './recordings.css';

/** Finds recordings. The search is in the address, so that a link and the way back lead to it. */
export function Component() {
  const t = useTexts();
  const { me } = useSession();
  const [parameters, setParameters] = useSearchParams();
  const [now] = useState(() => new Date());
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const search = searchOf(parameters, now);
  const position = parameters.get('position');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['recordings', search, position],
    queryFn: ({ signal }) => findRecordings(search, position, signal),
    placeholderData: keepPreviousData,
  });
  const go = (to: string | null): void => {
    const next = parametersOf(search);
    if (to !== null) next.set('position', to);
    setSelected(new Set());
    setParameters(next);
  };
  const isSelectable =
    me.roles.includes('admin') || me.privileges.some(name => /^(add-label|(un)?apply-non-delete)$/.test(name));
  // What another search does not find is chosen no more.
  const chosen = (data?.recordings ?? []).filter(({ id }) => selected.has(id));
  const [newer, older] = [positionOf(data?.previousUri), positionOf(data?.nextUri)];
  return (
    <Page
      title={t('nav.recordings')}
      actions={
        rights.archives(me) && (
          <Link to={`/archives?make&${parametersOf(search).toString()}`}>{t('archives.ofSearch')}</Link>
        )
      }
    >
      <SearchForm
        key={parametersOf(search).toString()}
        search={search}
        onSearch={asked => setParameters(parametersOf(asked))}
        onReset={() => setParameters(new URLSearchParams())}
      />
      {isSelectable && <SelectionActs recordings={chosen} onErased={() => setSelected(new Set())} />}
      {error !== null && <Failure error={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data?.incomplete === true && <Notice>{t('recordings.incomplete')}</Notice>}
      {data !== undefined && (
        <RecordingsTable
          recordings={data.recordings}
          selected={selected}
          onSelect={setSelected}
          isSelectable={isSelectable}
        />
      )}
      <nav className="actions" aria-label={t('recordings.page')}>
        <Button isDisabled={newer === null} onPress={() => go(newer)}>
          {t('recordings.newer')}
        </Button>
        <Button isDisabled={older === null} onPress={() => go(older)}>
          {t('recordings.older')}
        </Button>
      </nav>
    </Page>
  );
}
