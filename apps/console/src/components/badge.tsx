import type { ReactNode } from 'react';

export type BadgeKind = 'good' | 'warning' | 'danger' | 'neutral';

/** A state in a word or two. */
export const Badge = ({ kind = 'neutral', children }: { readonly kind?: BadgeKind; readonly children: ReactNode }) => (
  <span className={`badge ${kind}`}>{children}</span>
);
