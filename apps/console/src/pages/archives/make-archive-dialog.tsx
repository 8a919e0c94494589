import { useState, type SubmitEvent } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { criteriaOf, searchOf, type Search } from '../recordings/search.js';
import { useArchiveAct } from './archive-queries.js';
import { usualDestination } from './destination.js';
import { OrderFields } from './order-fields.js';

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
  const [reason, setReason] = useState('');
  const [destination, setDestination] = useState(usualDestination);
  const { mutate, error, isPending } = useArchiveAct(() =>
    answerOf(api.POST('/rcs/archive-jobs', { body: { search: criteriaOf(search), reason, destination } })),
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    mutate(undefined, { onSuccess: ({ id }) => onMade(id) });
  };
  const field = (name: keyof Search, rest: { type?: string; hint?: string } = {}) => (
    <TextField
      label={t(`recordings.${name}`)}
      value={search[name]}
      onChange={value => setSearch(before => ({ ...before, [name]: value }))}
      {...rest}
    />
  );
  return (
    <Dialog name="make-archive" title={t('archives.make')} isOpen onClose={onClose} isDismissable={false} isWide>
      <p>{t('archives.makeText')}</p>
      <form className="stack" onSubmit={submit}>
        <div className="field-pair">
          {field('from', { type: 'date' })}
          {field('to', { type: 'date' })}
        </div>
        <div className="field-pair">
          {field('caller', { hint: t('recordings.numberHint') })}
          {field('dialed', { hint: t('recordings.numberHint') })}
        </div>
        {field('agent')}
        <OrderFields
          destination={destination}
          onChange={setDestination}
          reason={reason}
          onReason={setReason}
          error={error}
          isPending={isPending}
          confirmText={t('archives.begin')}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
