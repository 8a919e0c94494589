import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseDetachedEnvelope, type DetachedEnvelope, everyTolerance } from '#cms';
import {
  maximumBatchItems,
  maximumTriedKeys,
  type CallFailure,
  type UnwrapOutcome,
  type UnwrappedCandidate,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeysReply,
  type UnwrapSessionKeysRequest,
  type WrappedItem,
} from '#contracts';
import { envelopeDigest } from '#grants';
import type { TransportKey } from '#key-vault-client';
import { inStep, requestIdFrom, RcsError, type ErrorCode, type ServiceRole } from '#platform';
import type { KeyUseAudit } from '../callers/key-use-audit.js';
import type { CallContext } from '../callers/call-context.js';
import type { CallRate } from '../callers/call-rate.js';
import type { RecordedUse } from '../journal/recorded-use.js';
import { findRecipientKeys, type RecipientKeys } from '../token/recipient-keys.js';
import type { VaultKey } from '../token/vault-key.js';
import type { KeyStore } from '../token/key-store.js';
import { checkBatchSize, failureOf, readableEnvelope } from './batch.js';
import type { TransportKeys } from './transport-keys.js';
import type { UnwrapAuthority, UnwrapPermit } from './unwrap-authority.js';

export interface UnwrapRequest {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly transportKeyId: string;
  readonly tried?: readonly string[];
}

type Wrapped = Pick<UnwrapRequest, 'grant' | 'envelope' | 'tried'>;
type Recipient = DetachedEnvelope['recipients'][number];

interface Attempt {
  readonly key: VaultKey;
  readonly recipient: Recipient;
}

interface Outcome extends UnwrapOutcome {
  readonly failure?: CallFailure & { readonly code: ErrorCode };
}

/** Counts items of a batch as if each had come alone. */
export type ItemCount = (caller: ServiceRole, outcome: ErrorCode | 'ok', items: number) => void;

/** Begun before others get the event loop: judging a grant takes as long as checking a signature. */
const itemsPerTurn = 4;

/** An envelope with more recipients than this is no recording's. */
const maximumEnvelopeBytes = 1024 * 1024;

/**
 * Opens a session key for a worker that shows a gateway's grant, or for the command line that shows an operator's. The
 * envelope is exactly the one the grant names, the key belongs to the contact center of the grant, and what goes back is
 * readable for that process alone.
 */
export class UnwrapService {
  constructor(
    private readonly playback: UnwrapAuthority,
    private readonly operators: UnwrapAuthority,
    private readonly keys: KeyStore,
    private readonly transportKeys: TransportKeys,
    private readonly rate: CallRate,
    private readonly counted: ItemCount,
    private readonly audit: KeyUseAudit,
  ) {}

  /** @throws RcsError; never one that tells whether the padding inside the token was right. */
  async unwrap(request: UnwrapRequest, context: CallContext): Promise<UnwrapSessionKeyReply> {
    this.rate.spend(context.caller, 1);
    const transportKey = this.transportKeys.get(request.transportKeyId, context.caller);
    return this.unwrapFor(transportKey, request, context);
  }

  /** Each item is judged by its own grant; what one lacks does not touch the others. @throws RcsError for the whole */
  async unwrapAll(request: UnwrapSessionKeysRequest, context: CallContext): Promise<UnwrapSessionKeysReply> {
    const { items, transportKeyId } = request;
    checkBatchSize(items, maximumBatchItems);
    this.rate.spend(context.caller, items.length);
    const transportKey = this.transportKeys.get(transportKeyId, context.caller);
    const outcomes: Promise<Outcome>[] = [];
    for (const item of items) {
      if (outcomes.length > 0 && outcomes.length % itemsPerTurn === 0) await nextTurn();
      outcomes.push(this.outcome(transportKey, item, contextOf(item, context)));
    }
    const reply = { outcomes: await Promise.all(outcomes) };
    this.count(context.role, reply.outcomes);
    return reply;
  }

  private async outcome(transportKey: TransportKey, item: Wrapped, context: CallContext): Promise<Outcome> {
    try {
      return await this.unwrapFor(transportKey, item, context);
    } catch (error) {
      const nothing = { jwe: '', certificateAlias: '', keyIdentifier: '', candidates: [], more: false };
      return { ...nothing, failure: failureOf(error) };
    }
  }

  private count(role: ServiceRole, outcomes: readonly Outcome[]): void {
    const items = new Map<ErrorCode | 'ok', number>();
    for (const { failure } of outcomes) {
      const code = failure?.code ?? 'ok';
      items.set(code, (items.get(code) ?? 0) + 1);
    }
    for (const [code, number] of items) this.counted(role, code, number);
  }

  private unwrapFor(transportKey: TransportKey, item: Wrapped, context: CallContext): Promise<UnwrapSessionKeyReply> {
    const { role, signal, requestId } = context;
    const authority = role === 'rcsctl' ? this.operators : this.playback;
    return this.audit.of('unwrap', context, async use => {
      const permit = await authority.permit(item.grant, context);
      use.grant = permit.facts;
      const { attempts, more, keyLength } = await this.chooseAttempts(item, permit, signal);
      const [{ key: likeliest }] = attempts;
      const further = new Map(attempts.map(({ key }) => [key.keyIdentifier, key]));
      further.delete(likeliest.keyIdentifier);
      use.envelopeDigest = permit.envelopeDigest;
      const recorded = await inStep(requestId, 'key use recorded', () => use.record(likeliest, ...further.values()));
      if (permit.opening !== undefined) for (const key of [likeliest, ...further.values()]) await permit.opening(key);
      const opened = await inStep(requestId, 'token', () =>
        thoseThatCould(attempts.map(attempt => this.candidate(transportKey, attempt, keyLength, context, recorded))),
      );
      const [first, ...candidates] = opened;
      return { ...first, candidates, more };
    });
  }

  private async candidate(
    transportKey: TransportKey,
    { key, recipient }: Attempt,
    keyLength: number,
    context: CallContext,
    recorded: RecordedUse,
  ): Promise<UnwrappedCandidate> {
    const sessionKey = await this.keys.unwrapSessionKey(key, recipient, keyLength, context, recorded);
    try {
      const { alias: certificateAlias, keyIdentifier } = key;
      return { jwe: transportKey.wrap(sessionKey), certificateAlias, keyIdentifier };
    } finally {
      sessionKey.fill(0);
    }
  }

  private async chooseAttempts({ envelope, tried }: Wrapped, permit: UnwrapPermit, signal: AbortSignal) {
    try {
      const { recipients, contentEncryption } = checkedEnvelope(envelope, permit);
      const found = await this.findRecipientKeys(recipients, tried, permit, signal);
      return { ...found, keyLength: contentEncryption.keyLength };
    } catch (error) {
      await permit.refused?.(error);
      throw error;
    }
  }

  private async findRecipientKeys(
    recipients: DetachedEnvelope['recipients'],
    tried: readonly string[] = [],
    { contactCenter, subject }: UnwrapPermit,
    signal: AbortSignal,
  ): Promise<RecipientKeys<Recipient>> {
    const wanted = { contactCenter, tried: tried.slice(0, maximumTriedKeys) };
    const found = await findRecipientKeys(this.keys, recipients, wanted, signal);
    if (found !== undefined) return found;
    const whose = contactCenter === undefined ? 'in the token' : `of contact center ${contactCenter}`;
    const which = tried.length === 0 ? 'a key' : 'another key';
    throw new RcsError('RCS_KEY_NOT_FOUND', `${subject}: none of ${recipients.length} recipients is ${which} ${whose}`);
  }
}

/** What one key cannot do now, for a token that is away, another may. @throws RcsError when none could */
async function thoseThatCould(
  attempts: readonly Promise<UnwrappedCandidate>[],
): Promise<readonly [UnwrappedCandidate, ...UnwrappedCandidate[]]> {
  const outcomes = await Promise.allSettled(attempts);
  const [first, ...others] = outcomes.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
  if (first !== undefined) return [first, ...others];
  throw outcomes.find(one => one.status === 'rejected')?.reason;
}

/** Each item of a batch is on the account of its own request. */
function contextOf({ requestId }: WrappedItem, context: CallContext): CallContext {
  return requestId === undefined || requestId === '' ? context : { ...context, requestId: requestIdFrom(requestId) };
}

function checkedEnvelope(bytes: Buffer, permit: UnwrapPermit): DetachedEnvelope {
  if (bytes.length > maximumEnvelopeBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
  if (permit.envelopeDigest !== envelopeDigest(bytes)) {
    throw new RcsError('RCS_GRANT_REFUSED', `the envelope is not the one that the grant for ${permit.subject} names`);
  }
  // Whether such content is opened is the worker's decision.
  return readableEnvelope(() => parseDetachedEnvelope(bytes, everyTolerance));
}
