import { createLogger } from '../logging/logger.js';
import { callSpan, openRequest, runInRequest, spanOf } from './open-requests.js';
import { noopTracer } from './tracer.js';

const caller = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=1' };

describe('an open request', () => {
  const newSpan = () => noopTracer.begin('GET /', caller);

  it('is not there outside of one', () => {
    expect([spanOf('request-1'), callSpan('request-1', 'call'), callSpan(undefined, 'call')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['ended well', () => Promise.resolve()],
    ['failed', () => Promise.reject(new Error('no'))],
    [
      'failed at once',
      () => {
        throw new Error('no');
      },
    ],
  ] as const)('is open until its work has %s', async (_, end) => {
    const span = newSpan();
    let seen: unknown;
    await runInRequest({ requestId: 'request-1', span }, async () => {
      await new Promise(resolve => setImmediate(resolve));
      seen = spanOf('request-1');
      return end();
    }).catch(() => undefined);
    expect(seen).toBe(span);
    expect(spanOf('request-1')).toBeUndefined();
  });

  it('leaves one with the same id, that began later, open', () => {
    const [first, second] = [newSpan(), newSpan()];
    const closeFirst = openRequest({ requestId: 'request-1', span: first });
    const closeSecond = openRequest({ requestId: 'request-1', span: second });
    closeFirst();
    expect(spanOf('request-1')).toBe(second);
    closeSecond();
    expect(spanOf('request-1')).toBeUndefined();
  });

  it('gives its trace to every log line that names it', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger('key-vault', 'key-vault-1', 'info', {
      write: line => lines.push(JSON.parse(line) as Record<string, unknown>),
    });
    logger.info({ requestId: 'request-1' }, 'before');
    await runInRequest({ requestId: 'request-1', span: newSpan() }, async () => {
      logger.info('about none');
      logger.info({ requestId: 'another' }, 'about another');
      logger.info({ requestId: 'request-1' }, 'about itself');
      return Promise.resolve();
    });
    expect(lines.map(({ requestId, traceId }) => [requestId, traceId])).toEqual([
      ['request-1', undefined],
      [undefined, undefined],
      ['another', undefined],
      ['request-1', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ]);
  });
});

describe('the tracer that records nothing', () => {
  it('passes the context of the caller on, as it came', () => {
    const span = noopTracer.begin('GET /', caller);
    expect([span.headers, span.child('call').headers]).toEqual([caller, caller]);
  });

  it('begins a trace where the caller brings none', () => {
    const { headers, traceId } = noopTracer.begin('GET /', { traceparent: 'nonsense' });
    expect(headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });
});
