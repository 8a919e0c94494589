import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

const repository = join(__dirname, '../..');

/**
 * What a player may rely on, whichever way the bytes come to it: the same bytes, and HTTP as it is written.
 * @param from a cluster to play from, and a directory of the caller
 */
export function describePlayback(from: (repository: string, work: string) => Promise<RunningCluster>): void {
  const work = mkdtempSync(join(tmpdir(), 'rcs-e2e-'));
  let cluster: RunningCluster;
  let curlClient: CurlClient;

  beforeAll(async () => {
    cluster = await from(repository, work);
    curlClient = new CurlClient(cluster, work);
  });

  afterAll(async () => {
    await cluster?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const file = (name: string): string => join(work, name);
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  /** Encrypts with openssl alone; `recipients` are certificate files or the options that name one. */
  async function encrypted(
    name: string,
    plaintext: Buffer,
    options: readonly string[],
    recipients?: readonly string[],
  ): Promise<Buffer> {
    writeFileSync(file(`${name}.plain`), plaintext);
    const output = ['-binary', '-in', file(`${name}.plain`), '-out', file(name), '-outform', 'DER'];
    await openssl(...options, ...output, ...(recipients ?? [curlClient.certificateFile]));
    return readFileSync(file(name));
  }

  async function expectPlays(playPath: string, plaintext: Buffer, ranges: number): Promise<void> {
    const whole = await curlClient.play(playPath);
    expect(whole.status).toBe(200);
    expect(whole.exitCode).toBe(0);
    expect(whole.headers['content-length']).toBe(String(plaintext.length));
    expect(digest(whole.body)).toBe(digest(plaintext));
    for (let count = 0; count < ranges; count++) {
      const start = randomInt(plaintext.length);
      const end = start + randomInt(Math.min(100_000, plaintext.length - start));
      const part = await curlClient.play(playPath, '--range', `${start}-${end}`);
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes ${start}-${end}/${plaintext.length}`);
      expect(part.headers['content-length']).toBe(String(end - start + 1));
      expect(part.body.equals(plaintext.subarray(start, end + 1))).toBe(true);
    }
  }

  describe('the demo of the quickstart', () => {
    it('plays what was recorded', async () => {
      const [call, screen] = cluster.ready.recordings;
      for (const [recording, fixture] of [
        [call, 'call.mp3'],
        [screen, 'screen.mp4'],
      ] as const) {
        const answer = await curlClient.play(recording!.playPath);
        expect(answer.status).toBe(200);
        expect(digest(answer.body)).toBe(digest(readFileSync(join(repository, 'test/fixtures', fixture))));
      }
    });
  });

  describe('files that only openssl has made', () => {
    const plaintext = randomBytes(300_007);

    it.each([
      ['smime-aes128', ['smime', '-encrypt', '-aes128'], 200],
      ['smime-aes256', ['smime', '-encrypt', '-aes256'], 20],
      ['cms-aes192', ['cms', '-encrypt', '-aes192'], 20],
      ['cms-aes256-stream', ['cms', '-encrypt', '-stream', '-aes256'], 200],
      ['cms-aes128-stream', ['cms', '-encrypt', '-stream', '-aes128'], 20],
      ['cms-keyid', ['cms', '-encrypt', '-keyid', '-aes256'], 20],
    ] as const)('%s plays attached, whole and in random ranges', async (name, options, ranges) => {
      await curlClient.put(`${name}.bin`, await encrypted(name, plaintext, options));
      await expectPlays(await curlClient.insertedFile(`${name}.bin`), plaintext, ranges);
    });

    it('a file with an OAEP recipient plays', async () => {
      const recipient = ['-recip', curlClient.certificateFile, '-keyopt', 'rsa_padding_mode:oaep'];
      await curlClient.put('oaep.bin', await encrypted('oaep', plaintext, ['cms', '-encrypt', '-aes256'], recipient));
      await expectPlays(await curlClient.insertedFile('oaep.bin'), plaintext, 20);
    });

    it('a file for two recipients, ours the second, plays', async () => {
      const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('other.key')];
      await openssl(
        'req',
        '-new',
        '-x509',
        ...key,
        '-out',
        file('other.pem'),
        '-days',
        '30',
        '-subj',
        '/CN=somebody else',
      );
      const recipients = [file('other.pem'), curlClient.certificateFile];
      await curlClient.put('two.bin', await encrypted('two', plaintext, ['cms', '-encrypt', '-aes256'], recipients));
      await expectPlays(await curlClient.insertedFile('two.bin'), plaintext, 20);
    });

    it.each(['-aes128', '-aes256'])('split into envelope and ciphertext (%s) plays detached', async cipher => {
      const { envelope, ciphertext } = splitEnvelope(
        await encrypted(`split${cipher}`, plaintext, ['cms', '-encrypt', cipher]),
      );
      await curlClient.put(`split${cipher}.enc`, ciphertext);
      const playPath = await curlClient.inserted(`split${cipher}`, {
        mediaId: `split${cipher}.mp3`,
        mediaDescriptor: {
          storage: 'webDAV',
          path: `${cluster.ready.webdav.url}/${curlClient.stored(`split${cipher}.enc`).path}`,
        },
        pkcs7: envelope.toString('base64'),
        certAlias: [cluster.ready.certificates[0]!.alias],
      });
      await expectPlays(playPath, plaintext, 200);
    });
  });

  describe('plain media', () => {
    it('passes through with the same ranges', async () => {
      const media = mediaLike(50_000);
      await curlClient.put('plain.mp3', media);
      await expectPlays(await curlClient.insertedFile('plain.mp3'), media, 20);
    });
  });

  describe('HTTP', () => {
    const media = randomBytes(100_000);
    let playPath: string;

    beforeAll(async () => {
      await curlClient.put('http.bin', await encrypted('http', media, ['cms', '-encrypt', '-aes256']));
      playPath = await curlClient.insertedFile('http.bin');
    });

    it('HEAD tells the same as GET, without a body', async () => {
      const head = await curlClient.play(playPath, '--head');
      const get = await curlClient.play(playPath);
      expect(head.status).toBe(200);
      expect(head.body.length).toBe(0);
      for (const name of ['content-length', 'content-type', 'etag', 'last-modified', 'accept-ranges']) {
        expect(head.headers[name]).toBe(get.headers[name]);
      }
      expect(get.headers['content-length']).toBe('100000');
      expect(get.headers['content-type']).toBe('audio/mpeg');
      expect(get.headers['accept-ranges']).toBe('bytes');
    });

    it('answers suffix, open and single-byte ranges exactly', async () => {
      const cases: [string, number, number][] = [
        ['-100', 99_900, 100_000],
        ['99990-', 99_990, 100_000],
        ['0-0', 0, 1],
        ['0-1', 0, 2],
        ['15-16', 15, 17],
      ];
      for (const [range, start, end] of cases) {
        const answer = await curlClient.play(playPath, '--range', range);
        expect(answer.status).toBe(206);
        expect(answer.headers['content-range']).toBe(`bytes ${start}-${end - 1}/100000`);
        expect(answer.body.equals(media.subarray(start, end))).toBe(true);
      }
    });

    it('answers 416 beyond the end, with the length', async () => {
      const answer = await curlClient.play(playPath, '--range', '100000-');
      expect(answer.status).toBe(416);
      expect(answer.headers['content-range']).toBe('bytes */100000');
    });

    it('honours If-None-Match and If-Range with its strong entity tag', async () => {
      const { etag } = (await curlClient.play(playPath, '--head')).headers;
      expect(etag).toMatch(/^"[^"]+"$/);
      expect((await curlClient.play(playPath, '--header', `If-None-Match: ${etag}`)).status).toBe(304);
      expect((await curlClient.play(playPath, '--range', '0-9', '--header', `If-Range: ${etag}`)).status).toBe(206);
      const stale = await curlClient.play(playPath, '--range', '0-9', '--header', 'If-Range: "stale"');
      expect(stale.status).toBe(200);
      expect(stale.body.equals(media)).toBe(true);
    });
  });
}
