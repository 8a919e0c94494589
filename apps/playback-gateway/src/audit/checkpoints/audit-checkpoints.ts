import { AuditCheckpointSigner, digestOfHeads, type AuditCheckpointNote, type CheckpointContent } from '#grants';
import { Derived, describeError, RcsError, type Current, type LiveIdentity, type Logger } from '#platform';
import type { AuditHead, AuditLog } from '#store';
import type { AuditVouching, CoveringCheckpoint } from '../../dependencies/gateway-dependencies.js';
import type { CheckpointDelivery } from './checkpoint-delivery.js';
import { NamedHeads } from './named-heads.js';

export interface CheckpointSettings {
  /** The name of this process in the audit. */
  readonly writer: string;
  readonly intervalMs: number;
}

/** When nothing changes, every so manieth interval has a checkpoint all the same: it says that the process lives. */
const intervalsOfRest = 10;
const shortestGraceMs = 10_000;
/** As many gateways may sign at the same moment, each after the other. */
const attempts = 20;

/**
 * Signs from time to time how far the chains of all writers go. All checkpoints of a store are one chain, whoever signs: who
 * cuts off or rewrites anything that one of them names, a checkpoint included, contradicts a signature.
 */
export class AuditCheckpoints implements AuditVouching {
  private readonly signer: Current<AuditCheckpointSigner>;
  /** The last checkpoint of this process that names a writer. */
  private readonly covering = new Map<string, CoveringCheckpoint>();
  private named = NamedHeads.none();
  private timer: NodeJS.Timeout | undefined;
  private signing: Promise<unknown> = Promise.resolve();
  private restingIntervals = 0;
  /** It has said that it lives. */
  private hasOpened = false;

  constructor(
    private readonly audit: AuditLog,
    identity: LiveIdentity,
    private readonly settings: CheckpointSettings,
    private readonly deliveries: readonly CheckpointDelivery[],
    private readonly logger: Logger,
  ) {
    this.signer = new Derived(identity, present => new AuditCheckpointSigner(present));
  }

  /**
   * Seals what is there: the chains of all writers, also of processes that were killed. Where the clock is not within the time
   * of the certificate that waits until it is: the one who issued it may have a clock a little ahead.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE when the audit cannot be read or written.
   */
  async start(): Promise<void> {
    await this.inTurn(async () => {
      this.named = await NamedHeads.in(this.audit);
      if (this.signer.current.problemAt(Date.now()) === undefined) await this.sign('opened');
      else await this.signOrSay('opened');
    });
    this.timer = setInterval(() => void this.inTurn(() => this.signIfDue()), this.settings.intervalMs);
    this.timer.unref();
  }

  /** Says that this process ended of its own will, and waits for the sinks. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.inTurn(() => this.signOrSay('closed'));
    await Promise.all(this.deliveries.map(delivery => delivery.close()));
  }

  async coveringCheckpoint(writer: string, sequence: number): Promise<CoveringCheckpoint> {
    const known = this.covering.get(writer);
    if (known !== undefined && known.size > sequence) return known;
    await this.inTurn(() => this.sign('running', writer));
    const signed = this.covering.get(writer);
    if (signed !== undefined && signed.size > sequence) return signed;
    throw new RcsError('RCS_AUDIT_UNAVAILABLE', `no checkpoint could be made for record ${sequence} of ${writer}`);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.signing.then(work);
    this.signing = done.catch(() => undefined);
    return done;
  }

  private async signIfDue(): Promise<void> {
    this.restingIntervals += 1;
    await this.signOrSay(this.hasOpened ? 'running' : 'opened');
  }

  private async signOrSay(state: CheckpointContent['state']): Promise<void> {
    try {
      const heads = await this.audit.heads();
      const due =
        state !== 'running' || this.restingIntervals >= intervalsOfRest || heads.some(head => !this.named.has(head));
      if (due) await this.sign(state);
    } catch (error) {
      this.logger.error({ error: describeError(error) }, 'no audit checkpoint could be signed; it is tried again');
    }
  }

  /** @param wanted a writer whose head is named even if it was before. */
  private async sign(state: CheckpointContent['state'], wanted?: string): Promise<void> {
    const problem = this.signer.current.problemAt(Date.now());
    if (problem !== undefined)
      throw new RcsError('RCS_AUDIT_UNAVAILABLE', `nobody would believe a checkpoint of now: ${problem}`);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const last = await this.audit.lastCheckpoint();
      const heads = await this.audit.heads();
      const checkpoint = this.signer.current.sign(this.content(state, last, heads, wanted));
      const { number, writer } = checkpoint.content;
      const { digest, note } = checkpoint;
      if (!(await this.audit.addCheckpoint({ number, writer, digest, note }))) continue;
      this.noteSigned(checkpoint);
      return;
    }
    throw new RcsError('RCS_AUDIT_UNAVAILABLE', `other gateways were faster with ${attempts} checkpoints`);
  }

  private content(
    state: CheckpointContent['state'],
    last: { readonly number: number; readonly digest: string } | undefined,
    heads: readonly AuditHead[],
    wanted: string | undefined,
  ): CheckpointContent {
    const { writer, intervalMs } = this.settings;
    const own = heads.find(head => head.writer === writer);
    const namesAll = state === 'opened' && this.named.areOld(heads);
    const now = Date.now();
    const restMs = intervalsOfRest * intervalMs + Math.max(intervalMs, shortestGraceMs);
    return {
      writer,
      size: own?.size ?? 0,
      root: own?.root ?? emptyTree,
      number: (last?.number ?? 0) + 1,
      state,
      time: new Date(now).toISOString(),
      next: new Date(now + restMs).toISOString(),
      ...(last === undefined ? {} : { previous: last.digest }),
      writers: heads.length,
      headsDigest: digestOfHeads(heads),
      heads: heads.filter(head => namesAll || head.writer === wanted || !this.named.has(head)),
    };
  }

  private noteSigned(checkpoint: AuditCheckpointNote): void {
    const { note, content } = checkpoint;
    this.named.note(content.heads);
    for (const { writer, size } of content.heads) this.covering.set(writer, { note, size });
    this.restingIntervals = 0;
    this.hasOpened = true;
    for (const delivery of this.deliveries) delivery.deliver(checkpoint);
  }
}

/** SHA-256 of nothing: the root of a tree without leaves (RFC 9162, 2.1.1). */
const emptyTree = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
