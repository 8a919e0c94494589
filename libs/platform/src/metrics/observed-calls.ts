/** Told that a method was called; what it answers is told how the call ended. */
export type CallObserver = (method: string) => CallEnd;
/** `error` is undefined for a call that succeeded. */
export type CallEnd = (seconds: number, error: unknown) => void;

type Method = (...args: unknown[]) => unknown;

/**
 * The same object, with every call of a method that answers a promise reported. Calls that an object makes of its own
 * methods are not reported again; other results and properties pass through.
 */
export function observedCalls<T extends object>(target: T, observe: CallObserver): T {
  const wrapped = new Map<PropertyKey, Method>();
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      const known = wrapped.get(property);
      if (known !== undefined) return known;
      const method = observedMethod(target, property, value as Method, observe);
      wrapped.set(property, method);
      return method;
    },
  });
}

function observedMethod(target: object, name: string, method: Method, observe: CallObserver): Method {
  return (...args) => {
    const result = Reflect.apply(method, target, args);
    if (!(result instanceof Promise)) return result;
    const started = process.hrtime.bigint();
    const end = observe(name);
    const ended = (error: unknown): void => end(Number(process.hrtime.bigint() - started) / 1e9, error);
    result.then(
      () => ended(undefined),
      (error: unknown) => ended(error ?? new Error('rejected without a reason')),
    );
    return result as unknown;
  };
}
