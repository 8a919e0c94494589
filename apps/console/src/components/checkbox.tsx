import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, type CheckboxFieldProps } from 'react-aria-components';

interface Properties extends CheckboxFieldProps {
  readonly children?: ReactNode;
}

/** With `slot="selection"` the one of a table's row or head. */
export function Checkbox({ children, ...properties }: Properties) {
  return (
    <CheckboxField {...properties}>
      <CheckboxButton className="checkbox">
        {({ isSelected, isIndeterminate }) => (
          <>
            <span className="checkbox-box" aria-hidden="true">
              {isIndeterminate ? '–' : isSelected ? '✓' : ''}
            </span>
            {children}
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}
