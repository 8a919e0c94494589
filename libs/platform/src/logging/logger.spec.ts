import { createLogger } from './logger.js';

/** What a logger writes, as text and as lines. */
class Output {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  get lines(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }
}

const secret = 's3cret-that-must-not-show';
const secretNames = [
  'authorization',
  'cookie',
  'password',
  'pin',
  'sessionKey',
  'privateKey',
  'grant',
  'jwe',
  'secret',
  'pkcs8',
  'opsUserPassword',
  'passwordHash',
  'PASSWORD',
  'password_hash',
  'jksPassword',
  'keyStorePassword',
  'Authorization',
  'proxy-authorization',
  'Set-Cookie',
  'X-CSRF-TOKEN',
  'clientSecret',
  'masterKey',
  'tokenPin',
  'user_pin',
];

describe(createLogger.name, () => {
  function log(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): Output {
    const output = new Output();
    write(createLogger('key-vault', 'key-vault-1', level, output));
    return output;
  }

  it('writes one JSON line per event, with time, level, service and instance', () => {
    const { lines } = log(logger => {
      logger.info({ requestId: 'abc' }, 'request');
      logger.warn('second');
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'key-vault',
      instance: 'key-vault-1',
      requestId: 'abc',
      msg: 'request',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    });
  });

  it('writes nothing below its level', () => {
    expect(log(logger => logger.debug('detail')).text).toBe('');
    expect(log(logger => logger.debug('detail'), 'debug').text).not.toBe('');
  });

  it('cannot be made to write two lines by a message', () => {
    const { lines } = log(logger => logger.info({ path: '/a\n{"level":"fatal"}' }, 'first\n{"level":"fatal"}'));
    expect(lines).toHaveLength(1);
  });

  it.each(secretNames)('shows no %s, at any level', name => {
    const { text } = log(logger => {
      logger.info({ [name]: secret }, 'a');
      logger.info({ request: { [name]: secret } }, 'b');
      logger.info({ request: { headers: { [name]: secret } } }, 'c');
      logger.info({ configuration: { redis: { [name]: secret } } }, 'd');
      logger.child({ [name]: secret }).info('e');
    });
    expect(text).not.toContain(secret);
    expect(text.match(/\[redacted\]/g)).toHaveLength(5);
  });

  it.each(['pinned', 'spinning', 'grantId', 'opinion', 'userName', 'token', 'certificateAlias', 'passed'])(
    'shows %s, which is no secret',
    name => {
      expect(log(logger => logger.info({ [name]: 'shown' })).lines[0]).toMatchObject({ [name]: 'shown' });
    },
  );

  it('hides secrets in lists and far below, and survives values that contain themselves', () => {
    const loop: Record<string, unknown> = { password: secret };
    loop.self = loop;
    const deep = { a: { b: { c: { d: { e: [{ users: [{ passwordHash: secret }] }] } } } } };
    const { text, lines } = log(logger => {
      logger.info({ deep, loop });
      logger.info(JSON.parse(`{"__proto__":{"password":"${secret}"},"list":[{"Password":"${secret}"}]}`) as object);
    });
    expect(text).not.toContain(secret);
    expect(lines).toHaveLength(2);
  });

  it('leaves dates, URLs and errors readable', () => {
    const { lines } = log(logger => logger.info({ at: new Date(0), url: new URL('http://a/'), err: new Error('why') }));
    expect(lines[0]).toMatchObject({ at: '1970-01-01T00:00:00.000Z', url: 'http://a/', err: { message: 'why' } });
  });

  it('hides a secret that is no text', () => {
    const { text } = log(logger => logger.info({ sessionKey: Buffer.from(secret), grant: { payload: secret } }));
    expect(text).not.toContain(Buffer.from(secret).toJSON().data.slice(0, 5).join());
    expect(text).not.toContain(secret);
  });
});
