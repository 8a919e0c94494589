import { useTexts } from '../texts/use-texts.js';
import { TextField } from './text-field.js';

interface Properties {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  /** Where the reason is to be read later. */
  readonly hint: string;
  readonly autoFocus?: boolean;
}

/** Why something is done. */
export function ReasonField(properties: Properties) {
  const t = useTexts();
  return <TextField label={t('recordings.reason')} {...properties} isRequired maxLength={1000} />;
}
