/** Why a log-in at the provider failed, as the gateway says it in the address of the console. */
const failures = ['refused', 'unavailable', 'stale', 'busy', 'failed'] as const;
export type LoginFailure = (typeof failures)[number];

/** How a log-in at the provider ended that has led to this page. */
export interface LoginOutcome {
  /** It has opened a session, in a window beside the page that asked for it. */
  readonly isDoneBeside: boolean;
  readonly failure: LoginFailure | undefined;
  /** It is tried again in such a window, too. */
  readonly isInWindow: boolean;
}

/** Reads it from the query of an address. */
export function outcomeIn(query: string): LoginOutcome {
  const parameters = new URLSearchParams(query);
  const said = parameters.get('login');
  return {
    isDoneBeside: said === 'done',
    failure: said === null || said === 'done' ? undefined : (failures.find(known => known === said) ?? 'failed'),
    isInWindow: parameters.get('in') === 'window',
  };
}

/** That of this page, once: a page that is loaded again, and a link that is passed on, know nothing of it. */
export function takeOutcome(): LoginOutcome {
  const outcome = outcomeIn(location.search);
  if (location.search !== '') history.replaceState(history.state, '', location.pathname + location.hash);
  return outcome;
}
