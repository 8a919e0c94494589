import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { StoredEnvelopes } from './stored-envelopes.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-formats-'));
/** More than a worker keeps in memory of authenticated content, and less. */
const long = randomBytes(300_001);
const short = randomBytes(10_000);
let cluster: RunningCluster;
let curlClient: CurlClient;
let otherCertificate: string;
let envelopes: StoredEnvelopes;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  envelopes = new StoredEnvelopes(curlClient, 'format');
  otherCertificate = join(work, 'other.pem');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(work, 'other.key')];
  await openssl('req', '-new', '-x509', ...key, '-out', otherCertificate, '-days', '30', '-subj', '/CN=somebody else');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const oaep = (...parameters: string[]) => [
  ...envelopes.forUs,
  ...['rsa_padding_mode:oaep', ...parameters].flatMap(parameter => ['-keyopt', parameter]),
];

/** Whole, from the middle, over the end: every answer is what the same range of the plaintext is. */
async function expectPlays(playPath: string, plaintext: Buffer): Promise<void> {
  const { length } = plaintext;
  const whole = await curlClient.play(playPath);
  expect({ status: whole.status, exitCode: whole.exitCode }).toEqual({ status: 200, exitCode: 0 });
  expect(whole.headers['content-length']).toBe(String(length));
  expect(whole.body.equals(plaintext)).toBe(true);
  const middle = Math.floor(length / 2) + 1;
  for (const [range, start, end] of [
    [`${middle}-${middle + 999}`, middle, middle + 1000],
    ['-17', length - 17, length],
    ['0-0', 0, 1],
  ] as const) {
    const part = await curlClient.play(playPath, '--range', range);
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes ${start}-${end - 1}/${length}`);
    expect(part.body.equals(plaintext.subarray(start, end))).toBe(true);
  }
}

describe('attached', () => {
  const der = ['-outform', 'DER'];

  it.each([
    ['3DES', ['-des3', ...der]],
    ['3DES, streamed', ['-des3', ...der, '-stream']],
    ['AES-128-CBC in PEM', ['-aes128', '-outform', 'PEM']],
    ['AES-192-CBC in S/MIME', ['-aes192', '-outform', 'SMIME']],
    ['AES-256-CBC in S/MIME, streamed', ['-aes256', '-outform', 'SMIME', '-stream']],
    ['AES-256-CBC by subject key identifier', ['-aes256', ...der, '-keyid']],
    ['AES-128-GCM', ['-aes-128-gcm', ...der]],
    ['AES-192-GCM, streamed', ['-aes-192-gcm', ...der, '-stream']],
    ['AES-256-GCM in PEM', ['-aes-256-gcm', '-outform', 'PEM']],
  ])('%s', async (_, options) => {
    await expectPlays(
      await envelopes.attachedPath(await envelopes.encrypt(long, ...options, ...envelopes.forUs)),
      long,
    );
  });

  it('AES-256-CBC in a file of base64', async () => {
    const base64 = (await envelopes.encrypt(long, '-aes256', ...der, ...envelopes.forUs)).toString('base64');
    await expectPlays(await envelopes.attachedPath(Buffer.from(base64)), long);
    const lines = base64.replace(/.{76}/g, '$&\r\n');
    await expectPlays(await envelopes.attachedPath(Buffer.from(lines)), long);
  });

  it('AES-256-GCM that fits into memory', async () => {
    await expectPlays(
      await envelopes.attachedPath(await envelopes.encrypt(short, '-aes-256-gcm', ...der, ...envelopes.forUs)),
      short,
    );
  });

  it('for several recipients, ours being the last or the first', async () => {
    for (const recipients of [
      ['-recip', otherCertificate, ...envelopes.forUs],
      [...envelopes.forUs, '-recip', otherCertificate],
    ]) {
      await expectPlays(
        await envelopes.attachedPath(await envelopes.encrypt(short, '-aes256', ...der, ...recipients)),
        short,
      );
    }
  });

  it.each([
    ['SHA-1', []],
    ['SHA-224', ['rsa_oaep_md:sha224', 'rsa_mgf1_md:sha224']],
    ['SHA-256', ['rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']],
    ['SHA-384', ['rsa_oaep_md:sha384', 'rsa_mgf1_md:sha384']],
    ['SHA-512', ['rsa_oaep_md:sha512', 'rsa_mgf1_md:sha512']],
    ['SHA-512 with SHA-1 in MGF1', ['rsa_oaep_md:sha512', 'rsa_mgf1_md:sha1']],
    ['SHA-1 with SHA-256 in MGF1', ['rsa_oaep_md:sha1', 'rsa_mgf1_md:sha256']],
    ['SHA-256 with a label', ['rsa_oaep_md:sha256', 'rsa_oaep_label:0042ff']],
  ])('OAEP with %s', async (_, parameters) => {
    await expectPlays(
      await envelopes.attachedPath(await envelopes.encrypt(short, '-aes256', ...der, ...oaep(...parameters))),
      short,
    );
  });
});

describe('detached', () => {
  it.each(['-des3', '-aes128', '-aes-256-gcm'])('%s, the envelope in the metadata', async cipher => {
    for (const plaintext of [long, short]) {
      const { envelope, ciphertext } = splitEnvelope(
        await envelopes.encrypt(plaintext, cipher, '-outform', 'DER', ...envelopes.forUs),
      );
      await expectPlays(await envelopes.detachedPath(ciphertext, { pkcs7: envelope.toString('base64') }), plaintext);
    }
  });

  /** What the service does, with the alias of our key for its name there. */
  function twilioRecording(plaintext: Buffer) {
    const [sessionKey, nonce] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce);
    const stored = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    const key = readFileSync(curlClient.certificateFile);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const encryptedKey = publicEncrypt({ key, padding, oaepHash: 'sha256' }, sessionKey);
    const details = {
      type: 'rsa-aes',
      encryption_public_key_sid: cluster.ready.certificates[0]!.alias,
      encryption_cek: encryptedKey.toString('base64'),
      encryption_iv: nonce.toString('base64'),
    };
    return { stored, details };
  }

  it('as Twilio encrypts, wrapped key and nonce in the metadata', async () => {
    for (const plaintext of [long, short]) {
      const { stored, details } = twilioRecording(plaintext);
      await expectPlays(await envelopes.detachedPath(stored, { encryption_details: details }), plaintext);
    }
  });

  it('as Twilio encrypts, by a key that is not ours or with broken details: refused, never taken for plain', async () => {
    const { stored, details } = twilioRecording(short);
    const foreign = { ...details, encryption_public_key_sid: 'CR00000000000000000000000000000000' };
    const unknown = await curlClient.play(await envelopes.detachedPath(stored, { encryption_details: foreign }));
    expect(unknown.status).toBe(422);
    expect(unknown.body.toString()).toContain('No private key');
    for (const broken of [{ ...details, encryption_iv: 'AAAA' }, 'rsa-aes', null]) {
      const answer = await curlClient.play(await envelopes.detachedPath(stored, { encryption_details: broken }));
      expect(answer.status).toBe(422);
      expect(answer.body.toString()).toContain('cannot be read');
    }
  });
});

describe('an encrypted archive of OpenTok', () => {
  /** What the service does with the certificate that was shared, by openssl. */
  async function archiveOf(plaintext: Buffer) {
    const [key, iv] = [randomBytes(32), randomBytes(16)];
    const password = curlClient.write('password', Buffer.concat([Buffer.from([1, 1, 1]), key, iv]));
    const wrapped = curlClient.file('wrapped');
    const toUs = ['-certin', '-inkey', curlClient.certificateFile, '-pkeyopt', 'rsa_padding_mode:oaep'];
    await openssl('pkeyutl', '-encrypt', ...toUs, '-in', password, '-out', wrapped);
    const [input, output] = [curlClient.write('archive.ts', plaintext), curlClient.file('archive.encrypted')];
    const secret = ['-K', key.toString('hex'), '-iv', iv.toString('hex')];
    await openssl('enc', '-aes-256-cbc', ...secret, '-in', input, '-out', output);
    const archive = { id: 'b40ef09b', event: 'archive', password: readFileSync(wrapped).toString('base64') };
    return { stored: readFileSync(output), archive };
  }

  it('plays with its password in the metadata, which nobody gets back', async () => {
    const certAlias = cluster.ready.certificates[0]!.alias;
    for (const plaintext of [long, short]) {
      const { stored, archive } = await archiveOf(plaintext);
      const name = envelopes.nextName();
      await curlClient.put(name, stored);
      const file = { mediaId: `${name}.ts`, type: 'video/mp2t', mediaDescriptor: curlClient.stored(name), certAlias };
      const playPath = await curlClient.inserted(name, { ...file, opentok_archive: archive });
      await expectPlays(playPath, plaintext);
      const read = await curlClient.get(`/api/v2/recordings/${curlClient.recordingId(name)}`);
      expect(read.status).toBe(200);
      expect(read.body.toString()).not.toContain(archive.password);
    }
  });

  it('is refused where no key of the contact center has the alias, none is named, or the password is broken', async () => {
    const { stored, archive } = await archiveOf(short);
    const [own] = cluster.ready.certificates;
    const answers = [
      [{ certAlias: 'another-contact-center', opentok_archive: archive }, 'No private key'],
      [{ opentok_archive: archive }, 'cannot be read'],
      [{ certAlias: own!.alias, opentok_archive: { ...archive, password: 'AAA' } }, 'cannot be read'],
      [{ certAlias: own!.alias, opentok_archive: null }, 'cannot be read'],
      // Random where the wrapped password should be: the vault answers as if it were one.
      [
        { certAlias: own!.alias, opentok_archive: { password: randomBytes(256).toString('base64') } },
        'cannot be decrypted',
      ],
    ] as const;
    for (const [metadata, text] of answers) {
      const answer = await curlClient.play(await envelopes.detachedPath(stored, metadata));
      expect({ status: answer.status, body: answer.body.toString() }).toEqual({
        status: 422,
        body: expect.stringContaining(text),
      });
    }
  });
});

describe('a recording of voice, screen and transcripts', () => {
  it('plays each file with the type it was inserted with', async () => {
    const transcript = Buffer.from('WEBVTT\n\n00:00.000 --> 00:02.000\nHello, what can we do for you?\n');
    const words = Buffer.from(JSON.stringify({ words: [{ text: 'Hello', from: 0, to: 420 }] }));
    const files = [
      ['call.mp3', 'audio/mpeg', long],
      ['screen.mp4', 'video/mp4', short],
      ['transcript', 'text/vtt', transcript],
      ['words', 'application/json', words],
    ] as const;
    const name = envelopes.nextName();
    const mediaFiles: object[] = [];
    for (const [mediaId, type, plaintext] of files) {
      const der = await envelopes.encrypt(plaintext, '-aes256', '-outform', 'DER', ...envelopes.forUs);
      const { envelope, ciphertext } = splitEnvelope(der);
      await curlClient.put(`${name}-${mediaId}`, ciphertext);
      const mediaDescriptor = curlClient.stored(`${name}-${mediaId}`);
      mediaFiles.push({ mediaId, type, mediaDescriptor, pkcs7: envelope.toString('base64'), speakers: 2 });
    }
    // A certificate that the token alone has is known to the store once somebody has listed it.
    expect((await curlClient.get('/rcs/certificates')).status).toBe(200);
    const answer = await curlClient.insert({ id: curlClient.recordingId(name), mediaFiles, campaign: { wave: 3 } });
    expect(answer.status).toBe(201);
    const inserted = JSON.parse(answer.body.toString()) as { mediaFiles: { playPath: string }[] };
    expect(inserted).toMatchObject({ campaign: { wave: 3 }, mediaFiles: files.map(() => ({ speakers: 2 })) });
    expect(inserted).not.toHaveProperty('warnings');
    expect(inserted.mediaFiles.map(({ playPath }) => playPath.replace(/.*\./, ''))).toEqual([
      'mp3',
      'mp4',
      'vtt',
      'json',
    ]);
    for (const [index, [, type, plaintext]] of files.entries()) {
      const played = await curlClient.play(inserted.mediaFiles[index]!.playPath);
      expect([played.status, played.headers['content-type']]).toEqual([200, type]);
      expect(played.body.equals(plaintext)).toBe(true);
    }
  });
});

describe('authenticated content that was changed', () => {
  it.each([
    ['short', short],
    ['long', long],
  ])('gives not one byte when it is %s: whole or by ranges', async (_, plaintext) => {
    const stored = await envelopes.encrypt(plaintext, '-aes-256-gcm', '-outform', 'DER', ...envelopes.forUs);
    for (const offset of [stored.length - 5, stored.length - 2000, stored.length - plaintext.length]) {
      const changed = Buffer.from(stored);
      changed[offset]! ^= 1;
      const playPath = await envelopes.attachedPath(changed);
      for (const range of [[], ['--range', '0-99']]) {
        const answer = await curlClient.play(playPath, ...range);
        expect(answer.status).toBe(422);
        expect(answer.body.toString()).toContain('cannot be decrypted');
      }
    }
  });

  it('is found out by HEAD, too', async () => {
    const stored = await envelopes.encrypt(long, '-aes-256-gcm', '-outform', 'DER', ...envelopes.forUs);
    stored[stored.length - 1000]! ^= 1;
    const playPath = await envelopes.attachedPath(stored);
    const answer = await curl(...curlClient.asUser('alice'), '--head', curlClient.playUrl(playPath));
    expect(answer.status).toBe(422);
  });
});
