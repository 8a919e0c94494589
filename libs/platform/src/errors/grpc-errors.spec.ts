import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServiceError,
} from '@grpc/grpc-js';
import { errorRegistry, type ErrorCode } from './error-registry.js';
import { fromGrpcError, toGrpcError } from './grpc-errors.js';
import { RcsError } from './rcs-error.js';

const path = '/test.Service/Fail';
const bytes = (value: Buffer): Buffer => value;

describe('an error over a real gRPC wire', () => {
  const server = new Server();
  let client: Client;
  let answer: (done: sendUnaryData<Buffer>) => void = () => undefined;

  beforeAll(async () => {
    const definition = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    };
    server.addService({ fail: definition }, { fail: (_: unknown, done: sendUnaryData<Buffer>) => answer(done) });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    server.forceShutdown();
  });

  async function received(options: { deadline?: number } = {}): Promise<ServiceError> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), new Metadata(), options, error =>
        error === null ? reject(new Error('the call succeeded')) : resolve(error),
      );
    });
  }

  async function sent(error: RcsError): Promise<RcsError> {
    answer = done => done(toGrpcError(error));
    return fromGrpcError(await received(), 'RCS_VAULT_UNAVAILABLE');
  }

  it.each(Object.keys(errorRegistry) as ErrorCode[])('keeps the code %s', async code => {
    expect((await sent(new RcsError(code))).code).toBe(code);
  });

  it('keeps the public detail, in any script and with line ends', async () => {
    const publicDetail = 'alias "naïve ключ €"\r\nrcs-error-code: RCS_INTERNAL';
    expect(await sent(new RcsError('RCS_INVALID_VALUE', 'log', { publicDetail }))).toMatchObject({
      code: 'RCS_INVALID_VALUE',
      publicDetail,
    });
    expect((await sent(new RcsError('RCS_INVALID_VALUE'))).publicDetail).toBeUndefined();
  });

  it('keeps the retry hint in whole milliseconds', async () => {
    expect((await sent(new RcsError('RCS_OVERLOADED', '', { retryAfterMs: 1500.2 }))).retryAfterMs).toBe(1501);
    expect((await sent(new RcsError('RCS_OVERLOADED', '', { retryAfterMs: 0 }))).retryAfterMs).toBe(0);
    expect((await sent(new RcsError('RCS_OVERLOADED'))).retryAfterMs).toBeUndefined();
  });

  it('tells the caller nothing of message and cause', async () => {
    const error = new RcsError('RCS_TOKEN_UNAVAILABLE', 'slot 7 at /usr/lib/hsm.so', { cause: new Error('PIN 1234') });
    answer = done => done(toGrpcError(error));
    const raw = await received();
    const visible = JSON.stringify([raw.details, raw.message, raw.metadata.toJSON()]);
    expect(visible).toContain('RCS_TOKEN_UNAVAILABLE');
    expect(visible).not.toMatch(/slot 7|hsm\.so|1234/);
  });

  it('takes an unknown code of a newer server for an internal error', async () => {
    const metadata = new Metadata();
    metadata.set('rcs-error-code', 'RCS_FROM_THE_FUTURE');
    answer = done => done({ code: status.UNKNOWN, message: 'x', metadata });
    expect(fromGrpcError(await received(), 'RCS_VAULT_UNAVAILABLE').code).toBe('RCS_INTERNAL');
  });

  it('does not take names of the prototype for codes', async () => {
    const metadata = new Metadata();
    metadata.set('rcs-error-code', 'constructor');
    answer = done => done({ code: status.INTERNAL, message: 'x', metadata });
    expect(fromGrpcError(await received(), 'RCS_VAULT_UNAVAILABLE').code).toBe('RCS_INTERNAL');
  });

  it('names a call that took too long', async () => {
    answer = () => undefined;
    const error = await received({ deadline: Date.now() + 1 });
    expect(fromGrpcError(error, 'RCS_VAULT_UNAVAILABLE').code).toBe('RCS_TIMEOUT');
  });

  it('names a server that is not there', async () => {
    const nobody = new Client('127.0.0.1:1', credentials.createInsecure());
    const error = await new Promise<ServiceError | null>(resolve => {
      nobody.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), result => resolve(result));
    });
    nobody.close();
    expect(fromGrpcError(error!, 'RCS_VAULT_UNAVAILABLE').code).toBe('RCS_VAULT_UNAVAILABLE');
  });
});
