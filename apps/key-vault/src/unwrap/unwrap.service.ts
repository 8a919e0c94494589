import { setImmediate as nextTurn } from 'node:timers/promises';
import { CmsError, parseDetachedEnvelope, type DetachedEnvelope } from '#cms';
import {
  envelopeDigest,
  maximumBatchItems,
  type CallFailure,
  type TransportKey,
  type UnwrapOutcome,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeysReply,
  type UnwrapSessionKeysRequest,
  type WrappedItem,
} from '#contracts';
import { requestIdFrom, RcsError, toRcsError, type ErrorCode, type ServiceRole } from '#platform';
import type { KeyUseAudit } from '../audit/key-use-audit.js';
import type { CallContext } from '../rpc/call-context.js';
import type { CallRate } from '../rpc/call-rate.js';
import { findRecipient, type FoundRecipient } from '../token/find-recipient.js';
import type { KeyStore } from '../token/key-store.js';
import type { TransportKeys } from '../transport-keys/transport-keys.js';
import type { UnwrapAuthority, UnwrapPermit } from './unwrap-authority.js';

export interface UnwrapRequest {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly transportKeyId: string;
}

type Wrapped = Pick<UnwrapRequest, 'grant' | 'envelope'>;
type UnwrappedKey = UnwrapSessionKeyReply;

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
  async unwrap(request: UnwrapRequest, context: CallContext): Promise<UnwrappedKey> {
    this.rate.spend(context.caller, 1);
    const transportKey = this.transportKeys.get(request.transportKeyId, context.caller);
    return this.unwrapFor(transportKey, request, context);
  }

  /** Each item is judged by its own grant; what one lacks does not touch the others. @throws RcsError for the whole */
  async unwrapAll(request: UnwrapSessionKeysRequest, context: CallContext): Promise<UnwrapSessionKeysReply> {
    const { items, transportKeyId } = request;
    if (items.length > maximumBatchItems) {
      const publicDetail = `a batch has at most ${maximumBatchItems} items`;
      throw new RcsError('RCS_INVALID_VALUE', 'batch too large', { publicDetail });
    }
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
      const { code, publicDetail, retryAfterMs } = toRcsError(error);
      const failure = { code, detail: publicDetail ?? '', retryAfterMs: Math.ceil(retryAfterMs ?? 0) };
      return { jwe: '', certificateAlias: '', keyIdentifier: '', candidates: [], failure };
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

  private unwrapFor(transportKey: TransportKey, item: Wrapped, context: CallContext): Promise<UnwrappedKey> {
    const { requestId, role, signal } = context;
    const authority = role === 'rcsctl' ? this.operators : this.playback;
    return this.audit.of('unwrap', context, async use => {
      const permit = await authority.permit(item.grant, requestId);
      use.grant = permit.facts;
      const { recipient, key, keyLength } = await this.chooseRecipient(item.envelope, permit, signal);
      use.key = key;
      if (permit.opening !== undefined) await permit.opening(key);
      const sessionKey = await this.keys.unwrapSessionKey(key, recipient, keyLength, context);
      try {
        const { alias: certificateAlias, keyIdentifier } = key;
        return { jwe: transportKey.wrap(sessionKey), certificateAlias, keyIdentifier, candidates: [] };
      } finally {
        sessionKey.fill(0);
      }
    });
  }

  private async chooseRecipient(bytes: Buffer, permit: UnwrapPermit, signal: AbortSignal) {
    try {
      const { recipients, contentEncryption } = checkedEnvelope(bytes, permit);
      const { recipient, key } = await this.findRecipient(recipients, permit, signal);
      return { recipient, key, keyLength: contentEncryption.keyLength };
    } catch (error) {
      await permit.refused?.(error);
      throw error;
    }
  }

  private async findRecipient(
    recipients: DetachedEnvelope['recipients'],
    { contactCenter, subject }: UnwrapPermit,
    signal: AbortSignal,
  ): Promise<FoundRecipient<DetachedEnvelope['recipients'][number]>> {
    const found = await findRecipient(this.keys, recipients, { contactCenter }, signal);
    if (found !== undefined) return found;
    const whose = contactCenter === undefined ? 'in the token' : `of contact center ${contactCenter}`;
    throw new RcsError('RCS_KEY_NOT_FOUND', `${subject}: none of ${recipients.length} recipients is a key ${whose}`);
  }
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
  try {
    return parseDetachedEnvelope(bytes);
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error });
  }
}
