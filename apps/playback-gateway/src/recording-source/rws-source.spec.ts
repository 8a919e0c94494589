import { gzipSync } from 'node:zlib';
import { rwsConfiguration } from '#media-storage';
import { RcsError, type RecordingSourceSettings } from '#platform';
import { json, StandInRws, type StandInAnswer } from '#test/recording-source/stand-in-rws.js';
import { RwsSource } from './rws-source.js';

const limits = {
  recordCryptoServerDecryptMaxConnection: 4,
  recordCryptoServerDecryptMaxTotalConnection: 4,
  recordCryptoServerDecryptSocketTimeout: 700,
};
const jsonType = { 'content-type': 'application/json' };
const answer = {
  id: 'R1',
  mediaFiles: [{ mediaId: 'a.mp3', type: 'audio/mp3', mediaPath: '/recordings/R1/play/a.mp3' }],
};
const text = JSON.stringify(answer);

describe(RwsSource.name, () => {
  let rws: StandInRws;
  const sources: RwsSource[] = [];
  beforeEach(async () => {
    rws = await StandInRws.start('rcs', 'secret');
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map(source => source.close()));
    await rws.stop();
  });

  function source(changes: Partial<RecordingSourceSettings> = {}): RwsSource {
    const settings: RecordingSourceSettings = {
      ...{ url: rws.url, contactCenter: 'cc', userName: 'rcs', password: 'secret', rwsTrustedCA: true },
      ...{ plainMedia: 'recognised', connectTimeoutMs: 1000, answerTimeoutMs: 1500, ...changes },
    };
    const made = new RwsSource(settings, rwsConfiguration(settings, 1, limits, { rejectUnauthorized: true }));
    sources.push(made);
    return made;
  }

  const outcome = (asking: Promise<unknown>): Promise<string> =>
    asking.then(
      found => (found === undefined ? 'missing' : 'found'),
      (error: unknown) => (error instanceof RcsError ? error.code : String(error)),
    );
  const outcomeOf = (answerOf: StandInAnswer): Promise<string> => {
    rws.on('/recordings/R1', answerOf);
    return outcome(source().ask('R1'));
  };

  it('logs in with Basic in the first request already, and asks for nothing else', async () => {
    rws.onJson('/recordings/R1', answer);
    expect(await outcome(source().ask('R1'))).toBe('found');
    expect(await outcome(source().ask('R2'))).toBe('missing');
    expect(rws.asked).toEqual(['/api/v2/recordings/R1', '/api/v2/recordings/R2']);
  });

  it.each<[string, StandInAnswer]>([
    ['a redirect', (_, response) => response.writeHead(302, { location: '/api/v2/recordings/R2' }).end()],
    ['a permanent redirect', (_, response) => response.writeHead(308, { location: 'http://169.254.169.254/' }).end()],
    ['no permission', (_, response) => json(response, { statusCode: 3 }, 403)],
    ['a page instead of JSON', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(text)],
    ['no type', (_, response) => response.writeHead(200).end(text)],
    ['the 404 of a proxy', (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>')],
    ['gzip', (_, response) => response.writeHead(200, { ...jsonType, 'content-encoding': 'gzip' }).end(gzipSync(text))],
    ['a cut text', (_, response) => response.writeHead(200, jsonType).end(text.slice(0, -1))],
    ['no UTF-8', (_, response) => response.writeHead(200, jsonType).end(Buffer.from([0x22, 0xff, 0x22]))],
    ['a list', (_, response) => json(response, [answer])],
    ['null', (_, response) => json(response, null)],
    ['too many levels', (_, response) => response.writeHead(200, jsonType).end('['.repeat(1e5) + ']'.repeat(1e5))],
    ['a prototype', (_, response) => response.writeHead(200, jsonType).end(`{"__proto__":{},${text.slice(1)}`)],
    ['too many bytes', (_, response) => json(response, { ...answer, note: 'x'.repeat(4 * 1024 * 1024) })],
    ['a success without content', (_, response) => response.writeHead(204).end()],
    ['another recording', (_, response) => json(response, { ...answer, id: 'R2' })],
    ['another contact center', (_, response) => json(response, { ...answer, contactCenterId: 'cc-2' })],
  ])('refuses %s', async (_, answerOf) => {
    expect(await outcomeOf(answerOf)).toBe('RCS_RECORDING_SOURCE_REFUSED');
  });

  it.each<[string, StandInAnswer]>([
    ['is in trouble', (_, response) => json(response, { statusCode: 4 }, 500)],
    ['has too much to do', (_, response) => json(response, { statusCode: 4 }, 429)],
    ['does not begin to answer', () => undefined],
    ['stops in the middle', (_, response) => void response.writeHead(200, jsonType).write(text.slice(0, 9))],
    ['hangs up', request => void request.socket.destroy()],
    [
      'hangs up in the middle',
      (request, response) => {
        response.writeHead(200, { ...jsonType, 'content-length': text.length }).write(text.slice(0, 9), () => {
          request.socket.destroy();
        });
      },
    ],
    ['speaks no HTTP', request => void request.socket.end('SSH-2.0-OpenSSH\r\n')],
  ])('says that an RWS is away that %s', async (_, answerOf) => {
    expect(await outcomeOf(answerOf)).toBe('RCS_RECORDING_SOURCE_UNAVAILABLE');
  });

  it('gives up one that sends a byte now and then', async () => {
    const timers: NodeJS.Timeout[] = [];
    const asked = outcomeOf((_, response) => {
      response.writeHead(200, jsonType);
      timers.push(setInterval(() => response.write(' '), 100));
    });
    expect(await asked).toBe('RCS_RECORDING_SOURCE_UNAVAILABLE');
    timers.forEach(clearInterval);
  });

  it('does not repeat a password that is refused', async () => {
    const wrong = source({ password: 'wrong' });
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await outcome(wrong.ask('R1'))).toBe('RCS_RECORDING_SOURCE_UNAVAILABLE');
    expect(rws.asked).toHaveLength(1);
  });

  it('says that it is away, with the time to wait, while nobody listens there', async () => {
    const away = source({ url: 'http://127.0.0.1:9' });
    await expect(away.ask('R1')).rejects.toMatchObject({
      code: 'RCS_RECORDING_SOURCE_UNAVAILABLE',
      retryAfterMs: expect.any(Number) as number,
    });
  });
});
