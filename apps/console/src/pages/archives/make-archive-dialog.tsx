import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { criteriaOf, searchOf, type Search } from '../recordings/search.js';
import { OrderDialog } from './order-dialog.js';

interface Properties {
  /** A search of the page of recordings. */
  readonly parameters: URLSearchParams;
  readonly onClose: () => void;
  /** With the id of the job. */
  readonly onMade: (id: string) => void;
}

/** Has an archive made of what a search finds. */
export function MakeArchiveDialog({ parameters, onClose, onMade }: Properties) {
  const t = useTexts();
  const [search, setSearch] = useState(() => searchOf(parameters, new Date()));
  const field = (name: keyof Search, rest: { type?: string; hint?: string } = {}) => (
    <TextField
      label={t(`recordings.${name}`)}
      value={search[name]}
      onChange={value => setSearch(before => ({ ...before, [name]: value }))}
      {...rest}
    />
  );
  return (
    <OrderDialog
      name="make-archive"
      title={t('archives.make')}
      text={t('archives.makeText')}
      confirmText={t('archives.begin')}
      isWide
      order={order => answerOf(api.POST('/rcs/archive-jobs', { body: { search: criteriaOf(search), ...order } }))}
      onOrdered={({ id }) => onMade(id)}
      onClose={onClose}
    >
      <div className="field-pair">
        {field('from', { type: 'date' })}
        {field('to', { type: 'date' })}
      </div>
      <div className="field-pair">
        {field('caller', { hint: t('recordings.numberHint') })}
        {field('dialed', { hint: t('recordings.numberHint') })}
      </div>
      {field('agent')}
    </OrderDialog>
  );
}
