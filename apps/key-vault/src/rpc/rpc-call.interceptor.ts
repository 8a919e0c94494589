import { setMaxListeners } from 'node:events';
import type { Metadata } from '@grpc/grpc-js';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import {
  describeError,
  inStep,
  outcomeLabels,
  RcsError,
  requestIdFrom,
  noopTracer,
  requestIdHeader,
  runInRequest,
  reserveReplyTime,
  toRcsError,
  traceparentHeader,
  tracestateHeader,
  type Logger,
  type Tracer,
} from '#platform';
import type { VaultMetrics } from '../metrics/vault-metrics.js';
import { callerOf, checkCaller, remainingMs } from '../callers/caller.js';
import { admit, rpcCallOf, type RpcCall } from './current-call.js';

/** No call takes longer than this, whatever its caller says; the primes of long keys are a matter of luck. */
const maximumCallMs = 30_000;
const maximumGenerationMs = 120_000;

/**
 * What every call of the vault has in common: who may make it, how long it may take, one log line, one count. It stands
 * before all controllers, so that no method can be written without it. The name of a call is what the wire says.
 */
export class RpcCallInterceptor implements NestInterceptor {
  constructor(
    private readonly metrics: VaultMetrics,
    private readonly logger: Logger,
    private readonly tracer: Tracer = noopTracer,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.run(rpcCallOf(context), () => lastValueFrom(next.handle())));
  }

  private async run(call: RpcCall, answer: () => Promise<unknown>): Promise<unknown> {
    const name = nameOf(call);
    const value = valueIn(call.metadata);
    const requestId = requestIdFrom(value(requestIdHeader));
    const caller = { traceparent: value(traceparentHeader), tracestate: value(tracestateHeader) };
    const attributes = { 'rpc.system': 'grpc', 'rpc.method': name, 'rcs.request_id': requestId };
    const span = this.tracer.begin(`KeyVault/${name}`, caller, attributes);
    try {
      return await runInRequest({ requestId, span }, () => this.runTraced(name, requestId, call, answer));
    } catch (error) {
      span.set({ 'error.type': toRcsError(error).code });
      throw error;
    } finally {
      span.end();
    }
  }

  private async runTraced(
    name: string,
    requestId: string,
    call: RpcCall,
    answer: () => Promise<unknown>,
  ): Promise<unknown> {
    const peer = callerOf(call);
    const caller = peer.role ?? 'none';
    const left = new AbortController();
    const ended = this.metrics.callSeconds.startTimer({ call: name });
    call.once('cancelled', () => left.abort(new Error('the caller gave up')));
    try {
      const role = checkCaller(name, peer);
      const timeoutMs = remainingMs(call, name === 'GenerateKeyPair' ? maximumGenerationMs : maximumCallMs);
      if (timeoutMs <= 0) throw new RcsError('RCS_TIMEOUT', 'the deadline of the caller is over');
      const signal = AbortSignal.any([left.signal, AbortSignal.timeout(reserveReplyTime(timeoutMs))]);
      // Every item of a batch waits with it.
      setMaxListeners(0, signal);
      admit(call, { requestId, role, caller: peer.fingerprint, signal });
      const result = await inStep(requestId, name, answer);
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

/** `/package.Service/Method` */
const nameOf = (call: RpcCall): string => call.getPath().slice(call.getPath().lastIndexOf('/') + 1);

const valueIn =
  (metadata: Metadata) =>
  (key: string): string | undefined =>
    metadata.get(key)[0]?.toString();
