import { constants, generateKeyPairSync, privateDecrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { encryptAttached, encryptDetached, parseEnvelope, readAttachedEnvelope, BufferSource } from '#cms';
import { envelopeDigest, type PlaybackGrant } from '#grants';
import type { SessionKeyCandidates, SessionKeyRequest } from '#key-vault-client';
import { MediaStorages, SettableStorages } from '#media-storage';
import { RcsError, toRcsError } from '#platform';
import { MediaOpener } from './media-opener.js';
import { GrantedStorages } from './granted-storages.js';
import { PinnedStorage } from './pinned-storage.js';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const recipients = [
  {
    identifier: { type: 'subject-key-identifier' as const, keyIdentifier: randomBytes(20) },
    publicKey: keys.publicKey,
    keyEncryption: { scheme: 'rsaes-oaep' as const, hash: 'sha1' as const },
  },
];
const plaintext = randomBytes(100_003);
const signal = new AbortController().signal;

/** Opens envelopes with the private key at hand, as the vault does in the token, and remembers each key it gave. */
class Vault {
  readonly given: Buffer[] = [];
  failure: RcsError | undefined;
  /** Keys of the same name that come before the right one. */
  sameName = 0;
  asked = 0;

  async unwrap(request: SessionKeyRequest): Promise<SessionKeyCandidates> {
    this.asked++;
    if (this.failure !== undefined) throw this.failure;
    await new Promise(resolve => setImmediate(resolve));
    const encryptedKey = parseEnvelope(request.envelope).recipients[0]!.encryptedKey;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const sessionKey = privateDecrypt({ key: keys.privateKey, padding, oaepHash: 'sha1' }, encryptedKey);
    const others = Array.from({ length: this.sameName }, () => randomBytes(32));
    const all = [...others, sessionKey];
    const named = all.map((key, index) => ({
      sessionKey: key,
      certificateAlias: `recording-${2026 - this.sameName + index}`,
      keyIdentifier: String(index),
    }));
    const [first, ...later] = named.filter(({ keyIdentifier }) => request.tried?.includes(keyIdentifier) !== true);
    if (first === undefined) throw new RcsError('RCS_KEY_NOT_FOUND');
    const candidates = [first, ...later.slice(0, 1)] as const;
    this.given.push(...candidates.map(candidate => candidate.sessionKey));
    return { keys: candidates, more: later.length > 1 };
  }

  get everyKeyIsZeroed(): boolean {
    return this.given.every(key => key.equals(Buffer.alloc(key.length)));
  }
}

describe(MediaOpener.name, () => {
  let directory = '';
  let storages: MediaStorages;
  let vault: Vault;
  let opener: MediaOpener;
  let detached: { readonly envelope: Buffer; readonly ciphertext: Buffer };
  let attachedFile: Buffer;

  beforeAll(async () => {
    const { envelope, ciphertext } = encryptDetached({ recipients });
    ciphertext.end(plaintext);
    detached = { envelope, ciphertext: await buffer(ciphertext) };
    attachedFile = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-media-'));
    const timeouts = { connectTimeoutMs: 5000, headersTimeoutMs: 5000, idleTimeoutMs: 5000, totalTimeoutMs: 60_000 };
    const storage = { storage: 'file' as const, url: pathToFileURL(`${directory}/`).href, trustedCA: true };
    storages = new MediaStorages([{ ...storage, ...timeouts, maxConnections: 4 }]);
    vault = new Vault();
    opener = new MediaOpener(
      new PinnedStorage(new GrantedStorages(storages, new SettableStorages([], [])), true),
      vault,
      5000,
    );
  });
  afterEach(async () => {
    await storages.close();
    rmSync(directory, { recursive: true });
  });

  function requestFor(layout: PlaybackGrant['layout'], content: Buffer | undefined, envelope: Buffer | undefined) {
    if (content !== undefined) writeFileSync(join(directory, 'call.bin'), content);
    const grant: PlaybackGrant = {
      jti: 'a',
      iat: 0,
      exp: 60,
      sub: 'anthony',
      contactCenter: 'cc-1',
      recording: 'recording-1',
      mediaFile: 'call.bin',
      location: { storage: 'file', path: 'call.bin' },
      purpose: 'play',
      ...(layout === undefined ? {} : { layout }),
      ...(envelope === undefined ? {} : { envelopeDigest: envelopeDigest(envelope) }),
    };
    const detachedEnvelope = layout === 'detached' ? envelope : undefined;
    return { grant, signedGrant: 'a.b.c', detachedEnvelope, requestId: 'request-1' };
  }
  const detachedRequest = (content: Buffer | undefined = detached.ciphertext) =>
    requestFor('detached', content, detached.envelope);

  async function attachedRequest(content = attachedFile) {
    const { envelopeBytes } = await readAttachedEnvelope(new BufferSource(attachedFile), signal);
    return requestFor('attached', content, envelopeBytes);
  }

  it('opens detached media: exact length, any range, and a key that is zeroed at the end', async () => {
    const media = await opener.open(detachedRequest(), signal);
    expect(media).toMatchObject({ length: plaintext.length, certificateAlias: 'recording-2026' });
    expect((await buffer(media.stream(0, plaintext.length, signal))).equals(plaintext)).toBe(true);
    expect(await buffer(media.stream(50_001, 50_050, signal))).toEqual(plaintext.subarray(50_001, 50_050));
    expect(vault.everyKeyIsZeroed).toBe(false);
    media.close();
    expect(vault.everyKeyIsZeroed).toBe(true);
  });

  it('opens attached media', async () => {
    const media = await opener.open(await attachedRequest(), signal);
    expect((await buffer(media.stream(0, media.length, signal))).equals(plaintext)).toBe(true);
    media.close();
    expect(vault.everyKeyIsZeroed).toBe(true);
  });

  it.each(['detached', 'attached'] as const)('finds out by %s content which key is right', async layout => {
    vault.sameName = 3;
    const media = await opener.open(layout === 'detached' ? detachedRequest() : await attachedRequest(), signal);
    expect(media).toMatchObject({ length: plaintext.length, certificateAlias: 'recording-2026' });
    expect((await buffer(media.stream(0, media.length, signal))).equals(plaintext)).toBe(true);
    expect(vault.asked).toBe(2);
    media.close();
    expect(vault.everyKeyIsZeroed).toBe(true);
  });

  it('opens plain media without asking for a key', async () => {
    const media = await opener.open(requestFor('plain', plaintext, undefined), signal);
    expect((await buffer(media.stream(10, 20, signal))).equals(plaintext.subarray(10, 20))).toBe(true);
    expect(media).toMatchObject({ length: plaintext.length, certificateAlias: undefined });
    expect(vault.asked).toBe(0);
  });

  it('gives the same entity tag each time, and another one for another envelope', async () => {
    const request = detachedRequest();
    const tags = [await opener.open(request, signal), await opener.open(request, signal)];
    const plain = await opener.open(requestFor('plain', undefined, undefined), signal);
    expect(tags[0]!.entityTag).not.toBe(plain.entityTag);
    expect(tags[0]!.entityTag).toBe(tags[1]!.entityTag);
    tags.forEach(media => media.close());
  });

  describe('asks for no key', () => {
    it('when the envelope is not the one of the grant', async () => {
      const other = encryptDetached({ recipients }).envelope;
      const exchanged = { ...detachedRequest(), detachedEnvelope: other };
      await expect(opener.open(exchanged, signal)).rejects.toMatchObject({ code: 'RCS_ENVELOPE_CHANGED' });
      const file = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
      await expect(opener.open(await attachedRequest(file), signal)).rejects.toMatchObject({
        code: 'RCS_ENVELOPE_CHANGED',
      });
      expect(vault.asked).toBe(0);
    });

    it('when the grant or the request is incomplete', async () => {
      const refused = { code: 'RCS_GRANT_REFUSED' };
      const silent = requestFor(undefined, detached.ciphertext, detached.envelope);
      await expect(opener.open(silent, signal)).rejects.toMatchObject(refused);
      const missing = { ...detachedRequest(), detachedEnvelope: undefined };
      await expect(opener.open(missing, signal)).rejects.toMatchObject(refused);
      expect(vault.asked).toBe(0);
    });

    it('when the envelope cannot be read', async () => {
      const broken = requestFor('detached', detached.ciphertext, Buffer.from('no envelope'));
      await expect(opener.open(broken, signal)).rejects.toMatchObject({ code: 'RCS_ENVELOPE_UNREADABLE' });
      expect(vault.asked).toBe(0);
    });

    it('when the location lies outside the storages', async () => {
      const { grant, ...rest } = detachedRequest();
      const outside = { ...grant, location: { storage: 'file', path: '../../etc/passwd' } };
      await expect(opener.open({ ...rest, grant: outside }, signal)).rejects.toMatchObject({
        code: 'RCS_MEDIA_LOCATION_REFUSED',
      });
      expect(vault.asked).toBe(0);
    });
  });

  describe('zeroes the key', () => {
    it('that comes although the stored file is missing', async () => {
      await expect(opener.open(requestFor('detached', undefined, detached.envelope), signal)).rejects.toMatchObject({
        code: 'RCS_STORAGE_FILE_MISSING',
      });
      expect([vault.given.length, vault.everyKeyIsZeroed]).toEqual([1, true]);
    });

    it.each<readonly [string, () => Buffer]>([
      ['cut inside a block', () => detached.ciphertext.subarray(0, -1)],
      ['empty', () => Buffer.alloc(0)],
      ['changed in its padding', () => changedAt(detached.ciphertext, -17, 0x80)],
    ])('of media that is %s, and refuses it', async (_, content) => {
      const failure: unknown = await opener.open(detachedRequest(content()), signal).catch((error: unknown) => error);
      expect(toRcsError(failure).definition.http).toBe(422);
      expect([vault.given.length, vault.everyKeyIsZeroed]).toEqual([1, true]);
    });
  });

  it('passes on why the vault gave no key', async () => {
    vault.failure = new RcsError('RCS_KEY_NOT_FOUND');
    await expect(opener.open(detachedRequest(), signal)).rejects.toBe(vault.failure);
  });
});

function changedAt(bytes: Buffer, position: number, bits: number): Buffer {
  const changed = Buffer.from(bytes);
  const index = changed.length + position;
  changed[index] = changed[index]! ^ bits;
  return changed;
}
