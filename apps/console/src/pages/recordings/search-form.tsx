import { useState, type SubmitEvent } from 'react';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import type { Search } from './search.js';

interface Properties {
  readonly search: Search;
  readonly onSearch: (search: Search) => void;
  readonly onReset: () => void;
}

/** What recordings are looked for by. */
export function SearchForm({ search, onSearch, onReset }: Properties) {
  const t = useTexts();
  const [asked, setAsked] = useState(search);
  const field = (name: keyof Search, rest: { type?: string; hint?: string } = {}) => (
    <TextField
      label={t(`recordings.${name}`)}
      value={asked[name]}
      onChange={value => setAsked(before => ({ ...before, [name]: value }))}
      {...rest}
    />
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSearch(asked);
  };
  return (
    <form className="card search" role="search" onSubmit={submit}>
      <div className="search-fields">
        {field('caller', { hint: t('recordings.numberHint') })}
        {field('dialed', { hint: t('recordings.numberHint') })}
        {field('agent')}
        {field('from', { type: 'date' })}
        {field('to', { type: 'date' })}
        <div className="actions">
          <Button kind="primary" type="submit">
            {t('recordings.search')}
          </Button>
          <Button onPress={onReset}>{t('recordings.reset')}</Button>
        </div>
      </div>
    </form>
  );
}
