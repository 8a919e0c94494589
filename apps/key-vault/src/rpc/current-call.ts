import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { CallContext } from '../callers/call-context.js';

export type RpcCall = ServerUnaryCall<unknown, unknown>;

const admitted = new WeakMap<RpcCall, CallContext>();

/** The gRPC call that a method is about to answer. */
export const rpcCallOf = (context: ExecutionContext): RpcCall => context.getArgByIndex<RpcCall>(2);

/** From now on the methods of the vault may learn who makes this call. */
export function admit(call: RpcCall, context: CallContext): void {
  admitted.set(call, context);
}

/** Who calls, and how long it waits. A call that nobody has judged has no such parameter, and fails. */
export const CurrentCall = createParamDecorator((_: unknown, context: ExecutionContext): CallContext => {
  const call = admitted.get(rpcCallOf(context));
  if (call === undefined) throw new Error('a call reached its method without having been judged');
  return call;
});
