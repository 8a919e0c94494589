import type { ReactNode } from 'react';

interface Properties {
  readonly title: string;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** What every page is: its title, what can be done on it, and the rest. */
export function Page({ title, actions, children }: Properties) {
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
