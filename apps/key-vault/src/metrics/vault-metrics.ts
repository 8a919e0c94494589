import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { keyVaultCallers } from '#contracts';
import {
  internalLatencyBuckets,
  observeGauge,
  outcomeLabels,
  serviceRoles,
  type ErrorCode,
  type ServiceRole,
} from '#platform';

export interface TokenGauges {
  readonly sessions: () => number;
  readonly sessionsInUse: () => number;
  readonly queued: () => number;
  readonly keys: () => number;
  readonly state: () => TokenStateName;
}

export type TokenStateName = (typeof tokenStates)[number];

const tokenStates = ['open', 'lost', 'hung', 'pin-refused', 'closed'] as const;

/** The failures of this system that an unwrap can end with; others are of services that a vault never asks. */
const unwrapFailures = [
  'RCS_INTERNAL',
  'RCS_TOKEN_UNAVAILABLE',
  'RCS_VAULT_UNAVAILABLE',
  'RCS_AUDIT_UNAVAILABLE',
  'RCS_OVERLOADED',
  'RCS_TRANSPORT_KEY_UNKNOWN',
  'RCS_TIMEOUT',
] as const satisfies readonly ErrorCode[];

/** What the vault counts. */
export class VaultMetrics {
  readonly calls: Counter<'call' | 'caller' | 'outcome' | 'result'>;
  readonly callSeconds: Histogram<'call'>;
  readonly keyUses: Counter<'operation' | 'key' | 'outcome'>;
  readonly queueSeconds: Histogram;
  readonly executionSeconds: Histogram;
  readonly stateChanges: Counter<'state'>;
  readonly moduleEnds: Counter<'token' | 'end'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'rcs_vault_calls_total',
      help: 'Calls by name, role of the caller, outcome (ok or an error code) and result (ok, refused, failed).',
      labelNames: ['call', 'caller', 'outcome', 'result'],
      registers,
    });
    this.callSeconds = this.histogram('rcs_vault_call_seconds', 'Duration of calls, by name.', ['call']);
    this.queueSeconds = this.histogram(
      'rcs_vault_token_queue_seconds',
      'Time an operation waited for a session of the token.',
      [],
    );
    this.executionSeconds = this.histogram(
      'rcs_vault_token_execution_seconds',
      'Time an operation took inside the token.',
      [],
    );
    this.stateChanges = new Counter({
      name: 'rcs_vault_token_state_changes_total',
      help: 'Times the token was lost, hung, came back, or refused the PIN, by the state that began.',
      labelNames: ['state'],
      registers,
    });
    this.moduleEnds = new Counter({
      name: 'rcs_vault_module_process_ends_total',
      help: 'Times the process of a PKCS#11 module ended by itself (crashed), or was killed because a call took too long (stood).',
      labelNames: ['token', 'end'],
      registers,
    });
    this.keyUses = new Counter({
      name: 'rcs_vault_key_uses_total',
      help: 'Uses of keys by operation, label of the key (empty when none was found) and outcome: ok or an error code.',
      labelNames: ['operation', 'key', 'outcome'],
      registers,
    });
    this.beginAtZero();
  }

  /** Counts envelopes of a batch as the calls that they would have been alone. */
  readonly countItems = (caller: ServiceRole, outcome: ErrorCode | 'ok', items: number): void => {
    this.calls.inc({ call: 'UnwrapSessionKey', caller, ...outcomeLabels(outcome) }, items);
  };

  /** Gauges that are read when Prometheus asks. */
  observeToken({ sessions, sessionsInUse, queued, keys, state }: TokenGauges): void {
    observeGauge(this.registry, 'rcs_vault_token_sessions', 'Sessions of the token for playback.', sessions);
    observeGauge(
      this.registry,
      'rcs_vault_token_sessions_in_use',
      'Sessions with an operation in flight.',
      sessionsInUse,
    );
    observeGauge(this.registry, 'rcs_vault_token_queue_length', 'Operations waiting for a session.', queued);
    observeGauge(this.registry, 'rcs_vault_keys', 'Private keys in the token.', keys);
    observeGauge(
      this.registry,
      'rcs_vault_token_available',
      '1 while the token works, 0 while the breaker is open.',
      () => (state() === 'open' ? 1 : 0),
    );
    new Gauge({
      name: 'rcs_vault_token_state',
      help: '1 for the state the token is in: open, lost, hung, pin-refused or closed; 0 for the others.',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const current = state();
        for (const name of tokenStates) this.set({ state: name }, name === current ? 1 : 0);
      },
    });
  }

  /** Which of several tokens work, by name. */
  observeMembers(members: () => readonly { readonly name: string; readonly open: boolean }[]): void {
    new Gauge({
      name: 'rcs_vault_token_member_available',
      help: '1 while this token works, 0 while it is away, by the name its URI gives it.',
      labelNames: ['token'],
      registers: [this.registry],
      collect() {
        for (const { name, open } of members()) this.set({ token: name }, open ? 1 : 0);
      },
    });
  }

  moduleEndsBeginAtZero(token: string): void {
    for (const end of ['crashed', 'stood']) this.moduleEnds.inc({ token, end }, 0);
  }

  private beginAtZero(): void {
    for (const state of tokenStates) this.stateChanges.inc({ state }, 0);
    const unwrap = { call: 'UnwrapSessionKey', caller: 'decrypt-worker' };
    for (const outcome of ['ok', 'RCS_GRANT_REFUSED', 'RCS_TOO_MANY_REQUESTS', ...unwrapFailures] as const)
      this.calls.inc({ ...unwrap, ...outcomeLabels(outcome) }, 0);
    for (const [call, allowed] of Object.entries<readonly string[]>(keyVaultCallers))
      for (const caller of ['none', ...serviceRoles].filter(role => !allowed.includes(role)))
        this.calls.inc({ call, caller, ...outcomeLabels('RCS_CALLER_NOT_ALLOWED') }, 0);
  }

  private histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: internalLatencyBuckets, registers: [this.registry] });
  }
}
