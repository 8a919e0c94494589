import { errorRegistry, isErrorCode } from './error-registry.js';
import { fromProblemDetails, retryAfterSeconds, toApiStatus, toProblemDetails } from './error-answer.js';
import { describeError, RcsError, toRcsError } from './rcs-error.js';

const internal = new RcsError('RCS_STORE_UNAVAILABLE', 'cannot open /data/store.db', {
  cause: new Error('password s3cret'),
});

describe('the error registry', () => {
  it.each(Object.entries(errorRegistry))('describes %s for callers, wires and operators', (code, definition) => {
    expect(code).toMatch(/^RCS_[A-Z_]+$/);
    expect(definition.http).toBeGreaterThanOrEqual(400);
    expect(definition.http).toBeLessThan(600);
    expect(definition.grpc).toBeGreaterThan(0);
    expect(definition.apiStatusCode).not.toBe(0);
    expect(definition.title).not.toBe('');
    expect(definition.remedy).toMatch(/\.$/);
  });

  it.each(['constructor', '__proto__', 'toString', 'RCS_NOTHING', undefined, 7])('knows no code %p', value => {
    expect(isErrorCode(value)).toBe(false);
  });
});

describe(toRcsError.name, () => {
  it('keeps an RcsError', () => {
    expect(toRcsError(internal)).toBe(internal);
  });

  it('makes RCS_INTERNAL of anything else and keeps the cause', () => {
    const cause = new TypeError('x is not a function');
    expect(toRcsError(cause)).toMatchObject({ code: 'RCS_INTERNAL', cause, publicDetail: undefined });
    expect(toRcsError('text').message).toBe('text');
    expect(toRcsError(undefined).code).toBe('RCS_INTERNAL');
  });

  it('knows the time-out of a signal, but not its abort', () => {
    expect(toRcsError(new DOMException('late', 'TimeoutError')).code).toBe('RCS_TIMEOUT');
    expect(toRcsError(new DOMException('gone', 'AbortError')).code).toBe('RCS_INTERNAL');
  });
});

describe(describeError.name, () => {
  it('tells the whole chain of causes, once each', () => {
    const inner = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const outer = new RcsError('RCS_STORAGE_UNREACHABLE', 'no connection', {
      cause: new Error('fetch', { cause: inner }),
    });
    expect(describeError(outer)).toBe('RCS_STORAGE_UNREACHABLE: no connection <- fetch <- ECONNREFUSED: refused');
    expect(describeError(new Error('same', { cause: new Error('same') }))).toBe('same');
  });

  it('says once what wrappers quote of their cause, and its code where they leave it out', () => {
    const cause = Object.assign(new Error('the password is wrong'), { code: 'KEYSTORE_PASSWORD_WRONG' });
    const said = (message: string): string => describeError(new Error(message, { cause }));
    expect(said('option ssl: the password is wrong')).toBe(
      'option ssl: the password is wrong <- KEYSTORE_PASSWORD_WRONG',
    );
    expect(said('KEYSTORE_PASSWORD_WRONG: the password is wrong')).toBe(
      'KEYSTORE_PASSWORD_WRONG: the password is wrong',
    );
    expect(said('no keystore')).toBe('no keystore <- KEYSTORE_PASSWORD_WRONG: the password is wrong');
  });

  it('ends on a chain that has no end', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    expect(describeError(first).split(' <- ')).toHaveLength(8);
  });
});

describe(toProblemDetails.name, () => {
  it('is a problem document of RFC 9457', () => {
    const error = new RcsError('RCS_INVALID_VALUE', 'log', { publicDetail: 'field a' });
    expect(toProblemDetails(error, 'req-1')).toEqual({
      type: 'urn:recording-crypto-server:error:RCS_INVALID_VALUE',
      title: 'A value is not valid',
      status: 400,
      detail: 'field a',
      code: 'RCS_INVALID_VALUE',
      requestId: 'req-1',
      retryable: false,
    });
  });

  it.each([toProblemDetails, toApiStatus])('shows nothing of message and cause (%p)', translate => {
    const text = JSON.stringify(translate(internal));
    expect(text).not.toMatch(/data|store\.db|s3cret|stack/);
    expect(text).toContain(internal.definition.title);
  });
});

describe(fromProblemDetails.name, () => {
  const fallback = new RcsError('RCS_WORKER_FAILED');

  it('reads what another service wrote', () => {
    const error = new RcsError('RCS_KEY_NOT_FOUND', 'log', { publicDetail: 'recipient 7' });
    const read = fromProblemDetails(JSON.parse(JSON.stringify(toProblemDetails(error))), fallback, 3000);
    expect(read).toMatchObject({ code: 'RCS_KEY_NOT_FOUND', publicDetail: 'recipient 7', retryAfterMs: 3000 });
  });

  it.each([null, undefined, 'text', 7, [], {}, { code: 7 }, { code: 'toString' }, { code: 'RCS_UNKNOWN' }])(
    'falls back for %p',
    body => {
      expect(fromProblemDetails(body, fallback)).toBe(fallback);
    },
  );

  it('takes no detail that is not a text', () => {
    expect(fromProblemDetails({ code: 'RCS_INTERNAL', detail: { a: 1 } }, fallback).publicDetail).toBeUndefined();
  });
});

describe(toApiStatus.name, () => {
  it('numbers the error as the Genesys web services do', () => {
    expect(toApiStatus(new RcsError('RCS_RECORDING_NOT_FOUND'))).toEqual({
      statusCode: 6,
      statusMessage: 'No such recording',
    });
    const missing = new RcsError('RCS_MISSING_PARAMETER', undefined, { publicDetail: 'id' });
    expect(toApiStatus(missing)).toEqual({ statusCode: 1, statusMessage: 'A required parameter is missing: id' });
  });
});

describe(retryAfterSeconds.name, () => {
  it.each([
    [undefined, 1],
    [0, 1],
    [-5000, 1],
    [1, 1],
    [1000, 1],
    [1001, 2],
    [30_000, 30],
  ])('rounds %p ms up to %i whole seconds, at least one', (retryAfterMs, seconds) => {
    const error = new RcsError('RCS_OVERLOADED', undefined, retryAfterMs === undefined ? {} : { retryAfterMs });
    expect(retryAfterSeconds(error)).toBe(seconds);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e12])(
    'never promises %p: the value stays a number of seconds',
    ms => {
      const seconds = retryAfterSeconds(new RcsError('RCS_OVERLOADED', undefined, { retryAfterMs: ms }));
      expect(Number.isInteger(seconds)).toBe(true);
      expect(seconds).toBeLessThanOrEqual(3600);
    },
  );

  it('gives none where repeating is useless', () => {
    expect(retryAfterSeconds(new RcsError('RCS_KEY_NOT_FOUND', undefined, { retryAfterMs: 5000 }))).toBeUndefined();
  });
});
