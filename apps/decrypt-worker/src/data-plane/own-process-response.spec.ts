import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { receiverGoneSignal, sendStream } from '#platform';
import { Readable } from 'node:stream';
import { OwnProcessResponse } from './own-process-response.js';

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe(OwnProcessResponse.name, () => {
  it('answers with the head, and then with what is written', async () => {
    const response = new OwnProcessResponse();
    response.setHeader('retry-after', '1').writeHead(503, { 'content-length': 2 });
    response.end('no');
    const { statusCode, headers, body } = await response.answered;
    expect({ statusCode, headers }).toEqual({
      statusCode: 503,
      headers: { 'retry-after': '1', 'content-length': '2' },
    });
    expect(await text(body)).toBe('no');
  });

  it('takes no more than a chunk that nobody reads, and goes on when somebody does', async () => {
    const response = new OwnProcessResponse();
    const chunks = Array.from({ length: 20 }, () => randomBytes(64 * 1024));
    let taken = 0;
    const sent = sendStream(Readable.from(chunks), response.writeHead(200), {
      length: 20 * 64 * 1024,
      receiverIdleTimeoutMs: 5000,
      onBytes: () => taken++,
    });
    for (let count = 0; count < 20; count++) await turn();
    expect(taken).toBeLessThanOrEqual(3);
    const reading = buffer((await response.answered).body);
    await sent;
    response.end();
    expect((await reading).equals(Buffer.concat(chunks))).toBe(true);
  });

  it('closes without an end where the worker breaks off', async () => {
    const response = new OwnProcessResponse();
    response.writeHead(200, { 'content-length': 10 }).write('half');
    const { body } = await response.answered;
    const reading = text(body);
    await turn();
    response.destroy();
    await expect(reading).rejects.toThrow();
  });

  it('has no answer where the worker breaks off before its head', async () => {
    const response = new OwnProcessResponse();
    response.destroy();
    await expect(response.answered).rejects.toThrow('broke off');
  });

  it('tells the worker when its reader leaves, and not when all was read', async () => {
    const left = new OwnProcessResponse();
    const signal = receiverGoneSignal(left, 'the gateway');
    left.writeHead(200).write('half');
    (await left.answered).body.destroy();
    await once(signal, 'abort');
    const whole = new OwnProcessResponse();
    const quiet = receiverGoneSignal(whole, 'the gateway');
    whole.writeHead(200).end('all');
    expect(await text((await whole.answered).body)).toBe('all');
    await turn();
    expect(quiet.aborted).toBe(false);
  });

  it('writes one head', () => {
    const response = new OwnProcessResponse();
    response.writeHead(200);
    expect(() => response.writeHead(200)).toThrow('before');
  });
});
