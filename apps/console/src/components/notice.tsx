import type { ReactNode } from 'react';

interface Properties {
  readonly kind?: 'normal' | 'good' | 'warning' | 'danger';
  readonly children: ReactNode;
}

/** Something to know. What went wrong is said at once by readers of the screen, anything else when they come to a rest. */
export function Notice({ kind = 'normal', children }: Properties) {
  return (
    <div className={`notice ${kind}`} role={kind === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
