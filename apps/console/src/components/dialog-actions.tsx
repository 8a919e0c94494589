import type { ComponentProps } from 'react';
import { useTexts } from '../texts/use-texts.js';
import { Button } from './button.js';

interface Properties extends Pick<
  ComponentProps<typeof Button>,
  'kind' | 'type' | 'isPending' | 'isDisabled' | 'onPress'
> {
  readonly confirmText: string;
  readonly onCancel: () => void;
}

/** How a dialog is left: without anything done, or with what it is for. */
export function DialogActions({ confirmText, onCancel, ...confirm }: Properties) {
  const t = useTexts();
  return (
    <div className="dialog-actions">
      <Button onPress={onCancel}>{t('app.cancel')}</Button>
      <Button kind="primary" {...confirm}>
        {confirmText}
      </Button>
    </div>
  );
}
