import { PassThrough } from 'node:stream';
import { forgetReplySchema } from '#contracts';
import { createLogger } from '#platform';
import type { DataPlaneResponse } from './data-plane-exchange.js';
import { ForgetHandler } from './forget.handler.js';

const contactCenter = 'cc-1';
const recording = { contactCenter, recording: 'recording-1' };

describe(ForgetHandler.name, () => {
  it.each([
    ['of an erased recording is overwritten', { ...recording, erased: true }, 1],
    ['of a deleted recording is left to itself, and no stream waits', recording, 0],
    ['of a recording that is said not to be erased is left to itself', { ...recording, erased: false }, 0],
    ['of a disabled key is left to itself', { contactCenter, keyIdentifier: '07' }, 0],
  ])('freed memory %s', async (_what, request, times) => {
    const sessions = { forgetRecording: jest.fn(() => 2), forgetKey: jest.fn(() => 2) };
    const memory = { note: jest.fn() };
    const stream = new PassThrough();
    const response = Object.assign(stream, { statusCode: 200, headersSent: false, setHeader: jest.fn() });
    const answering = Object.assign(response, { writeHead: () => response }) as unknown as DataPlaneResponse;
    const exchange = { requestId: '1', signal: new AbortController().signal, response: answering };
    const logger = createLogger('test', 'test', 'silent');
    await new ForgetHandler(sessions, memory, logger).handle(request, exchange);
    expect(forgetReplySchema.parse(JSON.parse(String(stream.read())))).toEqual({ sessions: 2 });
    expect(memory.note).toHaveBeenCalledTimes(times);
  });
});
