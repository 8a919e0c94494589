import { createHash } from 'node:crypto';
import type { RecordingSourceSettings } from '#platform';
import { bytesOf, json, StandInRws, type StandInAnswer } from '#test/recording-source/stand-in-rws.js';
import { MediaStorages } from '../media-storages.js';
import { rwsConfiguration } from './rws-configuration.js';

const bytes = createHash('shake256', { outputLength: 300_000 }).update('media').digest();
const limits = {
  recordCryptoServerDecryptMaxConnection: 50,
  recordCryptoServerDecryptMaxTotalConnection: 100,
  recordCryptoServerDecryptSocketTimeout: 700,
};
const path = '/recordings/R1/play/a.mp3';
const never = new AbortController().signal;

describe('media of an RWS', () => {
  let rws: StandInRws;
  let storages: MediaStorages;
  const settings = (url: string): RecordingSourceSettings => ({
    ...{ url, contactCenter: 'cc-1', userName: 'rcs', password: 'secret', rwsTrustedCA: true },
    ...{ plainMedia: 'recognised', connectTimeoutMs: 1000, answerTimeoutMs: 1000 },
  });
  beforeEach(async () => {
    rws = await StandInRws.start('rcs', 'secret');
    const configuration = rwsConfiguration(settings(`${rws.url}/`), 1, limits, { rejectUnauthorized: true });
    storages = new MediaStorages([configuration]);
  });
  afterEach(async () => {
    await storages.close();
    await rws.stop();
  });

  const place = (contactCenter = 'cc-1') => storages.resolve({ storage: 'rws', path: path.slice(1) }, contactCenter);
  async function read(answer: StandInAnswer, start: number, end: number): Promise<Buffer | string> {
    rws.on(path, answer);
    try {
      const stored = await storages.open(place(), { head: 100, tail: 32 }, never);
      return await stored.read(start, end, never);
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  it('is read with ranges', async () => {
    expect(await read(bytesOf(bytes), 100_000, 200_000)).toEqual(bytes.subarray(100_000, 200_000));
    expect(new Set(rws.asked)).toEqual(new Set([`/api/v2${path}`]));
  });

  it('is read from an RWS that ignores ranges', async () => {
    const whole: StandInAnswer = (request, response) => {
      delete request.headers.range;
      bytesOf(bytes)(request, response);
    };
    expect(await read(whole, 100_000, 200_000)).toEqual(bytes.subarray(100_000, 200_000));
  });

  it.each<[string, StandInAnswer, string]>([
    ['redirects', (_, response) => response.writeHead(302, { location: '/api/v2/me' }).end(), 'RCS_STORAGE_FAILED'],
    [
      'compresses',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'RCS_STORAGE_FAILED',
    ],
    ['refuses the account', (_, response) => json(response, {}, 403), 'RCS_STORAGE_ACCESS_REFUSED'],
    ['does not answer', () => undefined, 'RCS_STORAGE_TIMEOUT'],
  ])('is not read from an RWS that %s', async (_, answer, code) => {
    expect(await read(answer, 0, 10)).toBe(code);
    expect(new Set(rws.asked)).toEqual(new Set([`/api/v2${path}`]));
  });

  it('is of one contact center, and lies below the RWS alone', () => {
    const refused = expect.objectContaining({ code: 'RCS_MEDIA_LOCATION_REFUSED' }) as Error;
    expect(() => place('cc-2')).toThrow(refused);
    for (const other of ['../users', 'http://evil.example/a', `${rws.url}/other`, 'a/%2e%2e/b'])
      expect(() => storages.resolve({ storage: 'rws', path: other }, 'cc-1')).toThrow(refused);
    expect(() => storages.resolve({ storage: 'webDAV', path: 'recordings/R1' }, 'cc-1')).toThrow(refused);
  });

  it('is neither written nor removed, but known to be gone once it is', async () => {
    const refused = { code: 'RCS_STORAGE_ACCESS_REFUSED' };
    rws.on(path, bytesOf(bytes));
    await expect(storages.put(place(), Buffer.from('x'), 1, never)).rejects.toMatchObject(refused);
    await expect(storages.remove(place(), never)).rejects.toMatchObject(refused);
    rws.onJson(path, { statusCode: 6 }, 404);
    await storages.remove(place(), never);
  });

  it('has its share of all connections', () => {
    const connections = (count: number): number =>
      rwsConfiguration(settings(rws.url), count, limits, { rejectUnauthorized: true }).maxConnections;
    expect([1, 2, 3, 100, 1000].map(connections)).toEqual([50, 50, 33, 1, 1]);
  });
});
