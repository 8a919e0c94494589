import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

interface Properties extends ButtonProps {
  readonly kind?: 'normal' | 'primary' | 'danger' | 'plain';
}

/**
 * While it is pending it takes no second press, and keeps the focus. Nothing is announced by it: what it leads to is, and the
 * announcement of the library names an element that is gone by then.
 */
export function Button({ kind = 'normal', isPending = false, className, onPress, ...properties }: Properties) {
  const named = typeof className === 'string' ? className : '';
  return (
    <AriaButton
      {...properties}
      {...(isPending || onPress === undefined ? {} : { onPress })}
      aria-disabled={isPending ? 'true' : undefined}
      className={`button ${kind} ${isPending ? 'pending' : ''} ${named}`}
    />
  );
}
