import type { TokenStatus } from '#contracts';
import type { TokenMember } from './token-set.js';

export interface TokenReadiness {
  readonly ready: boolean;
  readonly reason: string;
}

/** What others are told of a token. */
export function tokenStatus({ name, token }: TokenMember): TokenStatus {
  const { state, description, sessions, keys } = token;
  return {
    name,
    state: state.kind,
    reason: 'reason' in state ? state.reason : '',
    label: description?.label ?? '',
    model: description?.model ?? '',
    mechanisms: description?.mechanisms ?? [],
    keyCount: keys.length,
    sessions: sessions.size,
    sessionsInUse: sessions.inUse,
    queued: sessions.queued,
  };
}

/** Ready as long as one token works. */
export function readinessOf(tokens: readonly TokenStatus[]): TokenReadiness {
  const ready = tokens.some(({ state }) => state === 'open');
  return {
    ready,
    reason: ready ? '' : tokens.map(({ name, state, reason }) => reason || `${name}: ${state}`).join('; '),
  };
}
