import type {
  DestroyKeyReply,
  DestroyKeyRequest,
  DisableKeyRequest,
  EnableKeyRequest,
  KeyPurpose,
  KeyReply,
  OperatorJournalEntry,
} from '#contracts';
import { describeError, RcsError, type Logger } from '#platform';
import type { AdministrationAuthority } from '../callers/administration-authority.js';
import type { KeyUse } from '../callers/key-use-audit.js';
import { checkedKeyName, checkedName } from '../keys/checked-input.js';
import type { CallContext } from '../callers/call-context.js';
import type { RecordedUse } from '../journal/recorded-use.js';
import type { KeyStore } from '../token/key-store.js';
import type { VaultKey } from '../token/vault-key.js';
import type { DisabledMark } from '../token/disabled-key.js';
import type { KeyApprovals } from './key-approvals.js';
import { requireApprovals } from './required-approvals.js';
import type { VaultClock } from './vault-clock.js';

interface NamedKey {
  readonly purpose: KeyPurpose;
  readonly alias: string;
  /** Once for each certificate that the contact center has for it. */
  readonly views: readonly [VaultKey, ...VaultKey[]];
  /** The view of the alias. */
  readonly key: VaultKey;
}

/**
 * How a key ends: disabled first, so that whoever misses it can have it back; destroyed after a delay, by operators. No
 * identity of a service is enough for the second, and the first takes nothing away for good.
 */
export class KeyRemovalService {
  constructor(
    private readonly keys: KeyStore,
    private readonly authority: AdministrationAuthority,
    private readonly approvals: KeyApprovals,
    private readonly clock: VaultClock,
    private readonly delayMs: number,
    private readonly logger: Logger,
  ) {}

  /** A key that is disabled already stays as it is: nobody puts off, or brings nearer, its end by asking again. */
  async disable(request: DisableKeyRequest, context: CallContext, use: KeyUse): Promise<KeyReply> {
    const { key, alias } = await this.named(request, context, use);
    const { contactCenter, keyIdentifier } = key;
    const grant = this.authority.permit(
      request.grant,
      { act: 'disable', contactCenter, keyIdentifier, alias, certificate: undefined },
      context,
      use,
    );
    const unlistableSources = grant?.unlistableSources ?? [];
    const by = grant?.sub ?? commandLine(context);
    await this.keys.refreshDisabled(context.signal);
    if (this.keys.disabled.of(key) !== undefined) return { key: this.keys.entry(key) };
    const operators =
      unlistableSources.length === 0
        ? []
        : requireApprovals(
            this.approvals.verify(request.approvals ?? []),
            { purpose: 'disable', contactCenter, keyIdentifier, alias, disabledAt: undefined, unlistableSources },
            1,
          ).map(({ operator }) => operator);
    const recorded = await use.record(key);
    await this.carryOut(
      { ...this.entryOf('key-disabled', key, context), user: by, ...operatorsOf(operators) },
      async () => this.keys.disable(key, this.mark(by, unlistableSources), recorded, context.signal),
    );
    return { key: this.keys.entry(key) };
  }

  /** @throws RcsError RCS_NOT_FOUND when it was destroyed meanwhile */
  async enable(request: EnableKeyRequest, context: CallContext, use: KeyUse): Promise<KeyReply> {
    const { key, alias } = await this.named(request, context, use);
    const { contactCenter, keyIdentifier } = key;
    const grant = this.authority.permit(
      request.grant,
      { act: 'enable', contactCenter, keyIdentifier, alias, certificate: undefined },
      context,
      use,
    );
    await this.keys.refreshDisabled(context.signal);
    if (this.keys.disabled.of(key) === undefined) return { key: this.keys.entry(key) };
    const recorded = await use.record(key);
    await this.carryOut(
      { ...this.entryOf('key-enabled', key, context), user: grant?.sub ?? commandLine(context) },
      async () => this.keys.enable(key, recorded, context.signal),
    );
    return { key: this.keys.entry(key) };
  }

  /** @throws RcsError RCS_KEY_NOT_DESTROYABLE before its time, RCS_APPROVAL_REQUIRED */
  async destroy(request: DestroyKeyRequest, context: CallContext, use: KeyUse): Promise<DestroyKeyReply> {
    const everyKey = await this.keys.list(context.signal);
    const { key, alias, views } = await this.named(request, context, use);
    const { contactCenter, keyIdentifier } = key;
    const { disabledAt, unlistableSources } = this.requireDestroyable(key);
    const good = requireApprovals(
      this.approvals.verify(request.approvals),
      { purpose: 'destroy', contactCenter, keyIdentifier, alias, disabledAt, unlistableSources },
      this.isLast(key, everyKey) ? 2 : 1,
    );
    const entry = {
      ...this.entryOf('key-destroyed', key, context),
      ...operatorsOf(good.map(({ operator }) => operator)),
      user: good.map(({ approval }) => approval.sub).join('; '),
      detail: [
        `disabled at ${disabledAt}`,
        `approvals ${good.map(({ approval }) => approval.jti).join(', ')}`,
        ...unlistableSources.map(source => `source ${source}`),
      ].join('; '),
    };
    const recorded = await use.record(key);
    return this.carryOut(entry, async () => {
      const privateKeyDestroyed = await this.keys.destroy(views, recorded, context.signal);
      await this.forgetMark(key, recorded, context.signal);
      return { privateKeyDestroyed };
    });
  }

  private mark(by: string, unlistableSources: readonly string[]): DisabledMark {
    for (const { mark } of this.keys.disabled.list().keys) {
      if (mark !== undefined) this.clock.saw(new Date(mark.disabledAt));
    }
    const at = this.clock.latest();
    return {
      disabledAt: at.toISOString(),
      destroyableAt: new Date(at.getTime() + this.delayMs).toISOString(),
      by,
      unlistableSources: [...unlistableSources],
    };
  }

  private requireDestroyable(key: VaultKey): DisabledMark {
    const disabled = this.keys.disabled.of(key);
    if (disabled === undefined) throw notDestroyable(`the key ${key.alias} is in use: disable it first`);
    const { mark } = disabled;
    if (mark === undefined) {
      throw notDestroyable(`when the key ${key.alias} was disabled cannot be read: enable it and disable it again`);
    }
    if (this.clock.earliest().getTime() >= Date.parse(mark.destroyableAt)) return mark;
    throw notDestroyable(
      `the key ${key.alias} can be destroyed from ${mark.destroyableAt} on, and restored until then`,
    );
  }

  /** Whether the contact center has no other key that opens recordings: one without a certificate opens none. */
  private isLast(key: VaultKey, everyKey: readonly VaultKey[]): boolean {
    return !everyKey.some(
      other =>
        other.contactCenter === key.contactCenter &&
        other.purpose === key.purpose &&
        other.keyIdentifier !== key.keyIdentifier &&
        (other.purpose === 'LOCAL_KEY_MANAGER' || other.tokenKey.certificate !== undefined) &&
        this.keys.disabled.of(other) === undefined,
    );
  }

  /** The key is gone by now; a mark that stays behind would meet it again when it comes back from a copy. */
  private async forgetMark(key: VaultKey, recorded: RecordedUse, signal: AbortSignal): Promise<void> {
    try {
      await this.keys.enable(key, recorded, signal);
    } catch (error) {
      this.logger.warn(
        { error: describeError(error), keyIdentifier: key.keyIdentifier },
        'the note that a destroyed key was disabled stays in the token; enable the key when it comes back',
      );
    }
  }

  private async named(
    { key: name, alias: wantedAlias, purpose: wantedPurpose }: EnableKeyRequest,
    { role, signal }: CallContext,
    use: KeyUse,
  ): Promise<NamedKey> {
    const purpose = role === 'rcsctl' ? (wantedPurpose ?? 'RECORDING') : 'RECORDING';
    const alias = checkedName('alias', wantedAlias);
    const checked = checkedKeyName(name);
    use.key = { ...checked, purpose, alias };
    const views = await this.keys.lookup.named(checked, purpose, signal);
    const key = views.find(view => view.alias === alias);
    if (key !== undefined) return { purpose, alias, views, key };
    throw new RcsError('RCS_NOT_FOUND', 'the key has no certificate of this alias', {
      publicDetail: 'the key has another alias: name both as they belong together',
    });
  }

  /** Writes an act down, does it, and writes down when it failed. */
  private async carryOut<T>(entry: OperatorJournalEntry, act: () => Promise<T>): Promise<T> {
    await this.approvals.journal(entry);
    try {
      return await act();
    } catch (error) {
      await this.approvals.journal({ ...entry, outcome: 'failed', detail: describeError(error) });
      throw error;
    }
  }

  private entryOf(
    event: OperatorJournalEntry['event'],
    { contactCenter, alias, keyIdentifier }: VaultKey,
    { requestId }: CallContext,
  ): OperatorJournalEntry {
    return { event, outcome: 'allowed', contactCenter, certificateAlias: alias, keyIdentifier, requestId };
  }
}

/** Who acts in their own name is known by the certificate of their machine. */
const commandLine = ({ caller }: CallContext): string => `command line with the certificate ${caller.slice(0, 23)}`;

const operatorsOf = (operators: readonly string[]): { readonly operator?: string } =>
  operators.length === 0 ? {} : { operator: operators.join('; ') };

const notDestroyable = (publicDetail: string): RcsError =>
  new RcsError('RCS_KEY_NOT_DESTROYABLE', publicDetail, { publicDetail });
