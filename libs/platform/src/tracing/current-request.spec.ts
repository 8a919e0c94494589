import { createLogger } from '../logging/logger.js';
import { callSpan, currentRequest, runInRequest } from './current-request.js';
import { passiveTracer } from './tracer.js';

const caller = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=1' };

describe('the context of a request', () => {
  it('is not there outside of one', () => {
    expect([currentRequest(), callSpan('call')]).toEqual([undefined, undefined]);
  });

  it('stays with everything that is done for the request', async () => {
    const ids = await Promise.all(
      ['request-1', 'request-2'].map(requestId =>
        runInRequest({ requestId, span: passiveTracer.begin('GET /', {}) }, async () => {
          await new Promise(resolve => setImmediate(resolve));
          return currentRequest()?.requestId;
        }),
      ),
    );
    expect(ids).toEqual(['request-1', 'request-2']);
  });

  it('is in every log line, unless the line is about another request', () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger('key-vault', 'key-vault-1', 'info', {
      write: line => lines.push(JSON.parse(line) as Record<string, unknown>),
    });
    logger.info('before');
    runInRequest({ requestId: 'request-1', span: passiveTracer.begin('GET /', caller) }, () => {
      logger.info('inside');
      logger.info({ requestId: 'another' }, 'about another');
      logger.info({ requestId: 'request-1' }, 'about itself');
    });
    expect(lines.map(({ requestId, traceId }) => [requestId, traceId])).toEqual([
      [undefined, undefined],
      ['request-1', '4bf92f3577b34da6a3ce929d0e0e4736'],
      ['another', undefined],
      ['request-1', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ]);
  });
});

describe('the tracer that records nothing', () => {
  it('passes the context of the caller on, as it came', () => {
    const span = passiveTracer.begin('GET /', caller);
    expect([span.headers, span.child('call').headers]).toEqual([caller, caller]);
  });

  it('begins a trace where the caller brings none', () => {
    const { headers, traceId } = passiveTracer.begin('GET /', { traceparent: 'nonsense' });
    expect(headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  });
});
