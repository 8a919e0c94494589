import { useId } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useTexts } from '../texts/use-texts.js';
import { Button } from './button.js';

interface Properties {
  readonly label: string;
  readonly hint?: string;
  /** Endings and media types, as of `accept`. */
  readonly accept: readonly string[];
  readonly fileName: string | undefined;
  readonly problem?: string | undefined;
  readonly onChoose: (file: File) => void;
}

/** A file of whoever sits there. */
export function FileField({ label, hint, accept, fileName, problem, onChoose }: Properties) {
  const t = useTexts();
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        {label}
      </span>
      <div className="actions">
        <FileTrigger
          acceptedFileTypes={[...accept]}
          onSelect={files => {
            const file = files?.item(0);
            if (file) onChoose(file);
          }}
        >
          <Button aria-describedby={`${id}-name`}>{t('files.choose')}</Button>
        </FileTrigger>
        <span id={`${id}-name`} className={fileName === undefined ? 'quiet' : ''}>
          {fileName ?? t('files.none')}
        </span>
      </div>
      {hint !== undefined && <span className="field-hint">{hint}</span>}
      {problem !== undefined && (
        <span className="field-error" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
