import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { RewrapOutcome } from '#contracts';
import { envelopesDigest, GrantSigner, rewrapGrants, type RewrapGrant } from '#grants';
import { KeyVaultClient } from '#key-vault-client';
import {
  describeError,
  isErrorCode,
  LiveIdentity,
  RcsError,
  toRcsError,
  type Logger,
  type ServiceContext,
} from '#platform';
import type { RecordingCertificate, RewrapRun, RewrapStore, StoredEnvelope } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, SERVICE_CONTEXT, storeTokens } from '../dependencies/injection-tokens.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { CertificatePolicy } from '../certificates/certificate-policy.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { CertificateMetrics } from '../metrics/certificate-metrics.js';
import { namesUnder, summaryOf } from '../envelopes/certificate-summary.js';
import { SharedNames } from '../certificates/shared-names.js';
import { batchResult, byCertainty, rewrappable, withFailures, type RewrappableEnvelope } from './rewrap-batch.js';

export interface RewrapRunnerOptions {
  /** Unique in the cluster. */
  readonly owner: string;
  readonly perSecond: number;
}

const batchSize = 64;
/** A run whose gateway died goes on elsewhere after this. */
const leaseMs = 15_000;
const vaultTimeoutMs = 10_000;
const idleMs = 2000;
const pauseAfterFailureMs = 3000;
const announceEveryMs = 1000;

interface PreparedRun {
  readonly run: RewrapRun;
  readonly source: RecordingCertificate;
  readonly target: RecordingCertificate;
  readonly recipients: readonly string[];
  /** Those of them that certificates with another key bear as well. */
  readonly shared: ReadonlySet<string>;
}

/**
 * Works on rewrap runs, one at a time. Every gateway has a runner; the store gives a run to one of them, and with every
 * step position, counts and envelopes are written together, so that whoever goes on after a crash does nothing twice.
 */
@Injectable()
export class RewrapRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly signer: GrantSigner<RewrapGrant>;
  private readonly options: RewrapRunnerOptions;
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();
  private announced = -Infinity;

  constructor(
    @Inject(storeTokens.rewraps) private readonly rewraps: RewrapStore,
    private readonly list: CertificateCatalog,
    private readonly policy: CertificatePolicy,
    private readonly vaults: KeyVaultClient,
    identity: LiveIdentity,
    private readonly feed: CertificateChangeFeed,
    private readonly metrics: CertificateMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVICE_CONTEXT) { instance }: Pick<ServiceContext, 'instance'>,
    @Inject(CONFIGURATION) { recordingCertificates }: Pick<GatewayConfiguration, 'recordingCertificates'>,
  ) {
    this.signer = new GrantSigner(identity, rewrapGrants);
    this.options = { owner: instance, perSecond: recordingCertificates.rewrapPerSecond };
  }

  onApplicationBootstrap(): void {
    this.finished = this.loop();
  }

  /** Ends after the step that is under way; the run is given back. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        const now = Date.now();
        const run = await this.rewraps.claim({ owner: this.options.owner, now, leaseUntil: now + leaseMs });
        if (run === undefined) await this.wait(idleMs);
        else await this.work(run);
      } catch (error) {
        this.logger.error({ error: describeError(error) }, 'the rewrap runner was interrupted');
        await this.wait(idleMs);
      }
    }
  }

  /** Works until the run is done, paused, taken over, or must wait. */
  private async work(run: RewrapRun): Promise<void> {
    this.logger.info({ run: run.id, from: run.from, to: run.to, counts: run.counts }, 'a rewrap run goes on');
    let current: RewrapRun | undefined = run;
    try {
      while (current?.state === 'running' && !this.stopped) {
        const began = performance.now();
        const before: RewrapRun = current;
        current = await this.step(before);
        if (current !== undefined) {
          this.metrics.rewrapStep(before, current);
          this.announce(current);
        }
        await this.throttle(before, current, performance.now() - began);
      }
      if (current?.state === 'running') await this.rewraps.release(run.id, this.options.owner, 0, undefined);
      if (current?.state === 'done') this.logger.info({ run: run.id, counts: current.counts }, 'a rewrap run is done');
    } catch (error) {
      this.metrics.rewrapInterrupted();
      const { message } = toRcsError(error);
      this.logger.warn({ run: run.id, error: describeError(error) }, 'a rewrap run waits');
      await this.rewraps.release(
        run.id,
        this.options.owner,
        Date.now() + pauseAfterFailureMs,
        publicReason(error, message),
      );
    }
  }

  private async step(run: RewrapRun): Promise<RewrapRun | undefined> {
    const prepared = await this.prepare(run);
    const page = await this.rewraps.page(run.contactCenter, prepared.recipients, run.position, batchSize);
    const { envelopes, ambiguous } = byCertainty(rewrappable(page), prepared);
    const outcomes = envelopes.length === 0 ? [] : await this.askVault(prepared, envelopes);
    const now = Date.now();
    return this.rewraps.step({
      runId: run.id,
      owner: this.options.owner,
      ...withFailures(batchResult(envelopes, outcomes, run), ambiguous),
      notRewrappable: page.length - envelopes.length - ambiguous.length,
      position: positionBehind(page),
      done: page.length < batchSize,
      at: new Date(now).toISOString(),
      leaseUntil: now + leaseMs,
    });
  }

  /** With every step: a certificate that expires, or goes, in the middle of a run encrypts nothing more. */
  private async prepare(run: RewrapRun): Promise<PreparedRun> {
    const source = await this.list.require(run.contactCenter, run.from);
    const target = await this.list.requireActive(run.contactCenter, run.to);
    this.policy.requireForEncryption(target);
    const recipients = namesUnder(summaryOf(source), run.from);
    const names = await SharedNames.of(await this.list.stored(run.contactCenter));
    const shared = new Set(recipients.filter(name => names.isAmbiguous(name)));
    return { run, source, target, recipients, shared };
  }

  /** @throws RcsError when the vault or its token is away: that is no fault of the envelopes. */
  private async askVault(
    { run, source, target }: PreparedRun,
    envelopes: readonly RewrappableEnvelope[],
  ): Promise<readonly RewrapOutcome[]> {
    const bytes = envelopes.map(envelope => envelope.bytes);
    const grant = this.signer.sign({
      sub: run.createdBy,
      contactCenter: run.contactCenter,
      run: run.id,
      from: source.keyIdentifier,
      to: target.fingerprint,
      replace: run.mode === 'replace',
      envelopes: envelopesDigest(bytes),
    });
    const request = { grant, envelopes: bytes, certificate: target.certificate };
    const { outcomes } = await this.vaults.anyVault(vaultTimeoutMs, (vault, timeoutMs) =>
      vault.call('RewrapSessionKeys', request, { timeoutMs, requestId: run.id, signal: this.stopping.signal }),
    );
    const transient = outcomes.find(({ failure }) => failure != null && isTransient(failure.code));
    if (transient?.failure == null || !isErrorCode(transient.failure.code)) return outcomes;
    throw new RcsError(transient.failure.code, `the vault could not finish a step: ${transient.failure.code}`);
  }

  /** So that recordings that are played meanwhile come first. */
  private async throttle(before: RewrapRun, after: RewrapRun | undefined, tookMs: number): Promise<void> {
    if (after === undefined) return;
    const changed = after.counts.rewrapped - before.counts.rewrapped;
    await this.wait(Math.max(0, (changed / this.options.perSecond) * 1000 - tookMs));
  }

  private announce({ contactCenter, createdBy: name, from, state }: RewrapRun): void {
    const now = performance.now();
    if (state === 'running' && now - this.announced < announceEveryMs) return;
    this.announced = now;
    this.feed.announce({ contactCenter, name }, 'rewrap', state === 'done' ? 'done' : 'progress', from);
  }

  private async wait(ms: number): Promise<void> {
    if (ms === 0) return;
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

function positionBehind(page: readonly StoredEnvelope[]) {
  const last = page.at(-1);
  return last === undefined ? undefined : { recordingId: last.recording.id, mediaId: last.mediaFile.mediaId };
}

/** Failures that pass by themselves. */
const isTransient = (code: string): boolean =>
  isErrorCode(code) && (new RcsError(code).definition.retryable || code === 'RCS_INTERNAL');

/** What administrators may read of why a run waits. */
function publicReason(error: unknown, message: string): string {
  const { code, publicDetail, definition } = toRcsError(error);
  if (code === 'RCS_INTERNAL') return definition.title;
  return publicDetail ?? (message === '' ? definition.title : `${definition.title} (${code})`);
}
