import { useState, type SubmitEvent } from 'react';
import { Button } from '../../components/button.js';
import { Select } from '../../components/select.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { everything, type AuditSearch } from './audit-queries.js';

interface Properties {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** What of the audit is looked for. */
export function AuditSearchForm({ search, onSearch }: Properties) {
  const t = useTexts();
  const [asked, setAsked] = useState(search);
  const field = (name: Exclude<keyof AuditSearch, 'order'>, type = 'text') => (
    <TextField
      label={t(`audit.search.${name}`)}
      type={type}
      value={asked[name]}
      onChange={value => setAsked(before => ({ ...before, [name]: value }))}
    />
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSearch(asked);
  };
  const reset = (): void => {
    setAsked(everything);
    onSearch(everything);
  };
  return (
    <form className="card stack" role="search" onSubmit={submit}>
      <div className="field-row">
        {field('user')}
        {field('recording')}
        {field('from', 'date')}
        {field('to', 'date')}
        <Select
          label={t('audit.order')}
          value={asked.order}
          onChange={order => setAsked(before => ({ ...before, order }))}
          options={[
            ['newest-first', t('audit.order.newest-first')],
            ['oldest-first', t('audit.order.oldest-first')],
          ]}
        />
      </div>
      <div className="actions">
        <Button kind="primary" type="submit">
          {t('app.search')}
        </Button>
        <Button onPress={reset}>{t('app.reset')}</Button>
      </div>
    </form>
  );
}
