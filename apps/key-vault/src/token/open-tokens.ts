import { parsePkcs11Uri, Token, type TokenState } from '#pkcs11';
import type { KeyVaultConfiguration, Logger } from '#platform';
import type { VaultMetrics } from '../metrics/vault-metrics.js';
import type { FairQueue } from './fair-queue.js';
import { TokenSet, type TokenMember } from './token-set.js';

type TokenSettings = KeyVaultConfiguration['tokens'][number];

/**
 * Opens the tokens of the configuration.
 * @throws TokenError when no token can be opened now: a vault without one must not start.
 */
export function openTokens(settings: readonly TokenSettings[], metrics: VaultMetrics, logger: Logger): TokenSet {
  const [first, ...others] = settings.map(one => openMember(one, settings.length > 1, metrics, logger));
  if (first === undefined) throw new Error('no token is configured');
  const tokens = new TokenSet([first, ...others]);
  const states = tokens.members.map(({ token }) => token.state);
  if (!states.some(({ kind }) => kind === 'open')) {
    const reasons = states.map(state => ('reason' in state ? state.reason : state.kind));
    throw new Error(`none of the ${states.length} tokens can be opened: ${reasons.join('; ')}`);
  }
  return tokens;
}

function openMember(
  { newKeys, ...settings }: TokenSettings,
  mayBeAway: boolean,
  metrics: VaultMetrics,
  logger: Logger,
): TokenMember {
  const name = tokenName(settings.uri);
  const options = {
    ...settings,
    observer: {
      // Operations wait in the fair queue before they come here.
      waited: () => undefined,
      executed: (seconds: number) => metrics.executionSeconds.observe(seconds),
      stateChanged: (state: TokenState) => {
        metrics.stateChanges.inc({ state: state.kind });
        const level = state.kind === 'open' || state.kind === 'closed' ? 'info' : 'error';
        logger[level]({ token: { name, ...state } }, 'token state');
      },
    },
  };
  return { name, newKeys, token: mayBeAway ? Token.openOrWait(options) : Token.open(options) };
}

/** What the URI calls the token. */
export function tokenName(uri: string): string {
  const { token, serial, slotId } = parsePkcs11Uri(uri);
  return token ?? serial ?? `slot ${slotId ?? 'unknown'}`;
}

/** Gauges of all tokens together, and of each. */
export function observeTokens({ members }: TokenSet, turns: FairQueue, metrics: VaultMetrics): void {
  const sum = (count: (member: TokenMember) => number): (() => number) => {
    return () => members.reduce((total, member) => total + count(member), 0);
  };
  const countQueued = sum(({ token }) => token.sessions.queued);
  metrics.observeToken({
    sessions: sum(({ token }) => token.sessions.size),
    sessionsInUse: sum(({ token }) => token.sessions.inUse),
    queued: () => turns.length + countQueued(),
    keys: sum(({ token }) => token.keys.length),
    state: () => (members.find(({ token }) => token.state.kind === 'open') ?? members[0]).token.state.kind,
  });
  metrics.observeMembers(() => members.map(({ name, token }) => ({ name, open: token.state.kind === 'open' })));
}
