import { status as GrpcStatus } from '@grpc/grpc-js';
import {
  maximumBatchItems,
  maximumUnwrapCandidates,
  type CallFailure,
  type UnwrapOutcome,
  type UnwrappedCandidate,
  type UnwrapSessionKeyReply,
} from '#contracts';
import { isErrorCode, RcsError, toRcsError } from '#platform';
import type { KeyVaultEndpoint } from '../key-vault-endpoint.js';
import { zeroCandidates, type SessionKeyCandidates, type UnwrappedSessionKey } from './session-key-candidates.js';
import type { TransportAgreements } from './transport-agreements.js';
import type { TransportKey } from './transport-key.js';

export interface UnwrapItem {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly requestId: string;
  /** Keys, by their identifiers, that did not open the content. */
  readonly tried?: readonly string[];
  /** When its caller gives up, by `performance.now()`. */
  readonly end: number;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly item: UnwrapItem;
  readonly resolve: (candidates: SessionKeyCandidates) => void;
  readonly reject: (error: Error) => void;
}

/** Calls on the way to one vault; while there are fewer, nothing waits for company. */
const mostCalls = 8;

/**
 * Unwraps at one vault. Under load, envelopes that come while calls are on their way travel together in the next one:
 * that spares both sides most of the cost of a call.
 */
export class UnwrapBatches {
  private readonly waiting: Waiting[] = [];
  private calls = 0;
  /** Items of the calls on their way. */
  private asked = 0;
  /** A vault of an older version opens one envelope with one call. */
  private single = false;

  constructor(
    private readonly vault: KeyVaultEndpoint,
    private readonly agreements: TransportAgreements,
  ) {}

  /** @throws RcsError with the code of the vault's answer for this item; RCS_TIMEOUT when its caller gave up. */
  unwrap(item: UnwrapItem): Promise<SessionKeyCandidates> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const giveUp = (): void => settle(() => reject(new RcsError('RCS_TIMEOUT', 'the unwrapping was given up')));
      const timer = setTimeout(giveUp, left(item.end));
      item.signal.addEventListener('abort', giveUp, { once: true });
      const settle = (how: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        item.signal.removeEventListener('abort', giveUp);
        how();
      };
      this.waiting.push({
        item,
        resolve: candidates => {
          // Nobody is left to zero what comes too late.
          if (settled) zeroCandidates(candidates);
          settle(() => resolve(candidates));
        },
        reject: error => settle(() => reject(error)),
      });
      this.send();
    });
  }

  private send(): void {
    while (this.waiting.length > 0 && (this.calls < mostCalls || this.single)) {
      const batch = this.waiting.splice(0, this.single ? 1 : this.share).filter(isStillWanted);
      if (batch.length > 0) void this.call(batch);
    }
  }

  /** Calls of equal size: one with nearly everything in it would leave the vault idle while its answer travels. */
  private get share(): number {
    return Math.min(maximumBatchItems, Math.ceil((this.asked + this.waiting.length) / mostCalls));
  }

  private async call(batch: readonly Waiting[]): Promise<void> {
    this.calls++;
    this.asked += batch.length;
    try {
      const [first] = batch;
      if (first !== undefined && batch.length === 1) first.resolve(await this.one(first.item));
      else await this.several(batch);
    } catch (error) {
      if (isUnimplemented(error) && batch.length > 1) {
        this.single = true;
        this.waiting.unshift(...batch);
      } else for (const { reject } of batch) reject(toRcsError(error));
    } finally {
      this.calls--;
      this.asked -= batch.length;
      this.send();
    }
  }

  private one({ grant, envelope, tried = [], requestId, end, signal }: UnwrapItem): Promise<SessionKeyCandidates> {
    return this.agreements.run(this.vault, end, async ({ id, key }) => {
      const options = { timeoutMs: left(end), requestId, signal };
      const reply = await this.vault.call('UnwrapSessionKey', { grant, envelope, transportKeyId: id, tried }, options);
      return opened(reply, key);
    });
  }

  private several(batch: readonly Waiting[]): Promise<void> {
    const end = Math.max(...batch.map(({ item }) => item.end));
    const items = batch.map(({ item: { grant, envelope, requestId, tried = [] } }) => ({
      grant,
      envelope,
      requestId,
      tried,
    }));
    return this.agreements.run(this.vault, end, async ({ id, key }) => {
      const request = { items, transportKeyId: id };
      const { outcomes } = await this.vault.call('UnwrapSessionKeys', request, { timeoutMs: left(end) });
      for (const [index, { resolve, reject }] of batch.entries()) {
        try {
          resolve(opened(succeeded(outcomes[index]), key));
        } catch (error) {
          reject(toRcsError(error));
        }
      }
    });
  }
}

const left = (end: number): number => Math.max(1, end - performance.now());

/** @throws RcsError RCS_INTERNAL when one was not made with the transport key; nothing remains of the others then. */
function opened(reply: UnwrapSessionKeyReply, transportKey: TransportKey): SessionKeyCandidates {
  const candidates: UnwrappedSessionKey[] = [];
  const take = ({ jwe, certificateAlias, keyIdentifier }: UnwrappedCandidate): UnwrappedSessionKey => {
    const candidate = { sessionKey: transportKey.unwrap(jwe), certificateAlias, keyIdentifier };
    candidates.push(candidate);
    return candidate;
  };
  try {
    const keys = [take(reply), ...reply.candidates.slice(0, maximumUnwrapCandidates - 1).map(take)] as const;
    return { keys, more: reply.more };
  } catch (error) {
    for (const { sessionKey } of candidates) sessionKey.fill(0);
    throw error;
  }
}

/** Whoever gave up while waiting is not asked for. */
function isStillWanted({ item, reject }: Waiting): boolean {
  if (!item.signal.aborted && item.end > performance.now()) return true;
  reject(new RcsError('RCS_TIMEOUT', 'the unwrapping was given up before it was sent'));
  return false;
}

function succeeded(outcome: UnwrapOutcome | undefined): UnwrapOutcome {
  if (outcome === undefined) throw new RcsError('RCS_INTERNAL', 'the vault left an item of a batch unanswered');
  const { failure } = outcome;
  if (failure === undefined || failure === null) return outcome;
  throw fromFailure(failure);
}

function fromFailure({ code, detail, retryAfterMs }: CallFailure): RcsError {
  return new RcsError(isErrorCode(code) ? code : 'RCS_INTERNAL', undefined, {
    ...(detail === '' ? {} : { publicDetail: detail }),
    ...(retryAfterMs === 0 ? {} : { retryAfterMs }),
  });
}

const isUnimplemented = (error: unknown): boolean =>
  error instanceof RcsError &&
  (error.cause as { readonly code?: unknown } | undefined)?.code === GrpcStatus.UNIMPLEMENTED;
