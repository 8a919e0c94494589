import { setTimeout as sleep } from 'node:timers/promises';
import { HostedToken, parsePkcs11Uri, type TokenState } from '#pkcs11';
import type { KeyVaultConfiguration, Logger } from '#platform';
import type { VaultMetrics } from '../metrics/vault-metrics.js';
import type { FairQueue } from './fair-queue.js';
import { TokenSet, type TokenMember } from './token-set.js';

type TokenSettings = KeyVaultConfiguration['tokens'][number];
type Settings = Pick<KeyVaultConfiguration, 'tokens' | 'threads'>;

/** For the other tokens, once one is open: one whose module stands is not waited for. */
const graceMs = 5000;

/**
 * Opens the tokens of the configuration, each in a process of its own. A vault whose PIN is refused stays, unready: started
 * again and again it would try the PIN again and again, until the token locks it.
 * @throws TokenError or Error when no token can be opened now, for another reason: a vault without one must not start.
 */
export async function openTokens(
  { tokens: settings, threads }: Settings,
  metrics: VaultMetrics,
  logger: Logger,
): Promise<TokenSet> {
  const [first, ...others] = settings.map(one => beginMember(one, threads, metrics, logger));
  if (first === undefined) throw new Error('no token is configured');
  const tokens = new TokenSet([first, ...others]);
  try {
    await untilOpened(tokens.members);
    requireOne(tokens.members.map(({ token }) => token.state));
  } catch (error) {
    await tokens.close();
    throw error;
  }
  return tokens;
}

async function untilOpened(members: readonly TokenMember[]): Promise<void> {
  const all = Promise.all(members.map(({ token }) => token.opened));
  const oneIsOpen = Promise.any(
    members.map(async ({ token }) => {
      await token.opened;
      if (token.state.kind !== 'open') throw new Error(token.state.kind);
    }),
  );
  const grace = oneIsOpen.then(
    () => sleep(graceMs, undefined, { ref: false }),
    () => all,
  );
  await Promise.race([all, grace]);
}

function requireOne(states: readonly TokenState[]): void {
  if (states.some(({ kind }) => kind === 'open' || kind === 'pin-refused')) return;
  const reasons = states.map(state => ('reason' in state ? state.reason : state.kind));
  if (reasons.length === 1) throw new Error(reasons[0]);
  throw new Error(`none of the ${states.length} tokens can be opened: ${reasons.join('; ')}`);
}

function beginMember(
  { newKeys, ...settings }: TokenSettings,
  threads: number | undefined,
  metrics: VaultMetrics,
  logger: Logger,
): TokenMember {
  const name = tokenName(settings.uri);
  const token = HostedToken.begin({
    ...settings,
    threads,
    // eslint-disable-next-line no-restricted-properties -- the module's own configuration, under names of its vendor
    environment: process.env,
    observer: {
      executed: seconds => metrics.executionSeconds.observe(seconds),
      stateChanged: state => {
        metrics.stateChanges.inc({ state: state.kind });
        const level = state.kind === 'open' || state.kind === 'closed' ? 'info' : 'error';
        logger[level]({ token: { name, ...state } }, 'token state');
      },
      processEnded: (end, reason) => {
        metrics.moduleEnds.inc({ token: name, end });
        logger.error(
          { token: { name, end, reason } },
          'the process of the PKCS#11 module ended; another one is started',
        );
      },
    },
  });
  metrics.moduleEndsBeginAtZero(name);
  return { name, newKeys, token };
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
