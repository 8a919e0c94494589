import { setMaxListeners } from 'node:events';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { KeyVaultCall } from '#contracts';
import {
  describeError,
  outcomeLabels,
  RcsError,
  requestIdFrom,
  passiveTracer,
  requestIdHeader,
  runInRequest,
  shaveDeadline,
  toRcsError,
  traceparentHeader,
  tracestateHeader,
  type Logger,
  type Tracer,
} from '#platform';
import type { VaultMetrics } from '../vault-metrics.js';
import type { CallContext } from './call-context.js';
import { callerOf, checkCaller, remainingMs } from './caller.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** No call takes longer than this, whatever its caller says; the primes of long keys are a matter of luck. */
const maximumCallMs = 30_000;
const maximumGenerationMs = 120_000;

/** What every call of the vault has in common: who may make it, how long it may take, one log line, one count. */
export class CallRunner {
  constructor(
    private readonly metrics: VaultMetrics,
    private readonly logger: Logger,
    private readonly tracer: Tracer = passiveTracer,
  ) {}

  async run<T>(
    name: KeyVaultCall,
    metadata: Metadata,
    call: Call,
    work: (context: CallContext) => Promise<T> | T,
  ): Promise<T> {
    const value = (key: string): string | undefined => metadata.get(key)[0]?.toString();
    const requestId = requestIdFrom(value(requestIdHeader));
    const caller = { traceparent: value(traceparentHeader), tracestate: value(tracestateHeader) };
    const attributes = { 'rpc.system': 'grpc', 'rpc.method': name, 'rcs.request_id': requestId };
    const span = this.tracer.begin(`KeyVault/${name}`, caller, attributes);
    try {
      return await runInRequest({ requestId, span }, () => this.runTraced(name, requestId, call, work));
    } catch (error) {
      span.set({ 'error.type': toRcsError(error).code });
      throw error;
    } finally {
      span.end();
    }
  }

  private async runTraced<T>(
    name: KeyVaultCall,
    requestId: string,
    call: Call,
    work: (context: CallContext) => Promise<T> | T,
  ): Promise<T> {
    const peer = callerOf(call);
    const caller = peer.role ?? 'none';
    const left = new AbortController();
    const ended = this.metrics.callSeconds.startTimer({ call: name });
    call.once('cancelled', () => left.abort(new Error('the caller gave up')));
    try {
      const role = checkCaller(name, peer);
      const timeoutMs = remainingMs(call, name === 'GenerateKeyPair' ? maximumGenerationMs : maximumCallMs);
      if (timeoutMs <= 0) throw new RcsError('RCS_TIMEOUT', 'the deadline of the caller is over');
      const signal = AbortSignal.any([left.signal, AbortSignal.timeout(shaveDeadline(timeoutMs))]);
      // Every item of a batch waits with it.
      setMaxListeners(0, signal);
      const result = await work({ requestId, role, caller: peer.fingerprint, signal });
      this.metrics.calls.inc({ call: name, caller, ...outcomeLabels('ok') });
      this.logger.debug({ requestId, call: name, caller }, 'call');
      return result;
    } catch (error) {
      const failure = toRcsError(error);
      this.metrics.calls.inc({ call: name, caller, ...outcomeLabels(failure.code) });
      const level = failure.code === 'RCS_INTERNAL' ? 'error' : 'warn';
      this.logger[level](
        { requestId, call: name, caller, code: failure.code, error: describeError(failure) },
        'call failed',
      );
      throw failure;
    } finally {
      ended();
    }
  }
}
