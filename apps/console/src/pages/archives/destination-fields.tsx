import { Select } from '../../components/select.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import type { Destination } from './destination.js';

export interface DestinationProperties {
  readonly destination: Destination;
  readonly onChange: (destination: Destination) => void;
}

/** Where an archive lies when it is made. */
export function DestinationFields({ destination, onChange }: DestinationProperties) {
  const t = useTexts();
  return (
    <div className="field-pair">
      <Select
        label={t('archives.storage')}
        value={destination.storage}
        onChange={storage => onChange({ ...destination, storage })}
        options={[
          ['webDAV', t('archives.storage.webDAV')],
          ['file', t('archives.storage.file')],
        ]}
      />
      <TextField
        label={t('archives.folder')}
        hint={t('archives.folderHint')}
        value={destination.path}
        onChange={path => onChange({ ...destination, path })}
        maxLength={2000}
      />
    </div>
  );
}
