import { execFile } from 'node:child_process';
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  publicEncrypt,
  randomBytes,
  randomInt,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { encryptAttached, encryptDetached } from '#cms';
import type { DeclaredProtection } from '#contracts';
import { GrantVerifier, type GrantContent } from '#grants';
import { MediaStorages, SettableStorages } from '#media-storage';
import { RcsError } from '#platform';
import { LayoutInspector } from '../../apps/decrypt-worker/src/media-session/layout-inspector.js';
import { MediaOpener } from '../../apps/decrypt-worker/src/media-session/media-opener.js';
import { GrantedStorages } from '../../apps/decrypt-worker/src/media-session/granted-storages.js';
import { PinnedStorage } from '../../apps/decrypt-worker/src/media-session/pinned-storage.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { JudgingVault, recipients, recordingKey } from '#test/data-plane/judging-vault.js';
import { ClusterIdentities } from '#test/data-plane/worker-under-test.js';

jest.setTimeout(600_000);

const run = promisify(execFile);
const count = 2000;
const owner = 'cc-1';
const signal = new AbortController().signal;

const work = mkdtempSync(join(tmpdir(), 'rcs-plain-'));
const keyFile = join(work, 'key.pem');
writeFileSync(keyFile, recordingKey.privateKey.export({ format: 'pem', type: 'pkcs8' }));
afterAll(() => rmSync(work, { recursive: true }));

interface Case {
  readonly kind: string;
  readonly stored: Buffer;
  readonly envelope: Buffer;
  readonly plaintext: Buffer;
  /** It was made as it should be and described as it is: it has to play. */
  readonly whole: boolean;
}

const pick = <T>(values: readonly T[]): T => values[randomInt(values.length)]!;

async function sealed(plaintext: Buffer): Promise<{ attached: Buffer; detached: Buffer; envelope: Buffer }> {
  const { envelope, ciphertext } = encryptDetached({ recipients });
  ciphertext.end(plaintext);
  const attached = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
  return { attached, detached: await buffer(ciphertext), envelope };
}

/** The envelope names our key and wraps another session key than the content has: one in 256 gives a right padding. */
function withWrongKey(envelope: Buffer, ciphertext: Buffer): Buffer {
  const iv = envelope.subarray(envelope.lastIndexOf(Buffer.from([0x04, 0x10])) + 2).subarray(0, 16);
  const previous = ciphertext.length > 16 ? ciphertext.subarray(-32, -16) : iv;
  for (;;) {
    const key = randomBytes(32);
    const last = Buffer.from(decryptedBlock(key, ciphertext.subarray(-16)).map((byte, at) => byte ^ previous[at]!));
    const padding = last.at(-1)!;
    if (padding === 0 || padding > 16 || !last.subarray(-padding).every(byte => byte === padding)) continue;
    const wrapped = publicEncrypt(
      { key: createPublicKey(recordingKey.privateKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      key,
    );
    const at = envelope.indexOf(Buffer.from([0x04, 0x82, 0x01, 0x00])) + 4;
    return Buffer.concat([envelope.subarray(0, at), wrapped, envelope.subarray(at + 256)]);
  }
}

const decryptedBlock = (key: Buffer, block: Buffer): Buffer =>
  createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block);

function garbled(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  for (let flips = 1 + randomInt(3); flips > 0 && changed.length > 0; flips--) {
    const at = randomInt(pick([Math.min(400, changed.length), changed.length]));
    changed[at] = changed[at]! ^ (1 + randomInt(255));
  }
  return changed;
}

const base64 = (bytes: Buffer): string => (bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
const wrappers: readonly ((bytes: Buffer) => Buffer)[] = [
  bytes => Buffer.from(`-----BEGIN CMS-----\n${base64(bytes)}\n-----END CMS-----\n`),
  bytes => Buffer.from(`\xef\xbb\xbf-----BEGIN PKCS7-----\r\n${base64(bytes)}\n-----END PKCS7-----`, 'latin1'),
  bytes => Buffer.from(`a preamble\n\n-----BEGIN CMS-----\n${base64(bytes)}\n-----END CMS-----\nand more\n`),
  bytes => Buffer.from(base64(bytes)),
  bytes => Buffer.from(`\ufeff${base64(bytes)}`, 'utf16le'),
  bytes => Buffer.from(bytes.toString('hex')),
  bytes => gzipSync(bytes),
  bytes => Buffer.concat([bytes, Buffer.from('\r\n')]),
  bytes => Buffer.concat([randomBytes(20), bytes]),
  bytes => Buffer.from(JSON.stringify({ cms: bytes.toString('base64') })),
];

async function drawCase(): Promise<Case> {
  // Long enough for some blocks to stay whole, whatever is garbled.
  const size = 200 + randomInt(3000);
  const plaintext = pick([
    () => mediaLike(Math.max(12, size)),
    () => randomBytes(size),
    () => Buffer.alloc(size, 'speech that is told again. '),
  ])();
  const { attached, detached, envelope } = await sealed(plaintext);
  const kind = pick(['attached', 'detached', 'media', 'noise', 'wrapped', 'cut', 'garbled', 'wrong key', 'other key']);
  const isMedia = plaintext.toString('latin1', 0, 3) === 'ID3';
  const made = { kind, envelope, plaintext, whole: false };
  switch (kind) {
    case 'attached':
      return { ...made, stored: attached, whole: isMedia };
    case 'detached':
      return { ...made, stored: detached, whole: isMedia };
    case 'media':
      return { ...made, stored: mediaLike(100 + size) };
    case 'wrapped':
      return { ...made, stored: pick(wrappers)(attached) };
    case 'cut':
      return { ...made, stored: pick([attached, detached]).subarray(0, randomInt(attached.length)) };
    case 'garbled':
      return { ...made, stored: garbled(pick([attached, detached])) };
    case 'wrong key':
      return { ...made, stored: detached, envelope: withWrongKey(envelope, detached) };
    case 'other key': {
      const cipher = createCipheriv('aes-256-cbc', randomBytes(32), randomBytes(16));
      return { ...made, stored: Buffer.concat([cipher.update(plaintext), cipher.final()]) };
    }
    default:
      return { ...made, stored: randomBytes(size) };
  }
}

/** What openssl makes of the stored file by itself; undefined where it makes nothing. */
async function opensslOpens(stored: Buffer): Promise<Buffer | undefined> {
  const [input, output] = [join(work, 'oracle.in'), join(work, 'oracle.out')];
  writeFileSync(input, stored);
  try {
    await run('openssl', ['cms', '-decrypt', '-inform', 'DER', '-in', input, '-inkey', keyFile, '-out', output]);
    return readFileSync(output);
  } catch {
    return undefined;
  }
}

it(`of ${count} stored files, each with every metadata, what is heard is plaintext or plain media`, async () => {
  const identities = await ClusterIdentities.create();
  const timeouts = { connectTimeoutMs: 1000, headersTimeoutMs: 1000, idleTimeoutMs: 1000, totalTimeoutMs: 10_000 };
  const url = pathToFileURL(`${work}/`).href;
  const storages = new MediaStorages([{ storage: 'file', url, trustedCA: true, maxConnections: 1, ...timeouts }]);
  const granted = new GrantedStorages(storages, new SettableStorages([], []));
  const verifier = new GrantVerifier({ current: identities.worker });
  const opener = new MediaOpener(new PinnedStorage(granted, true), new JudgingVault(verifier, owner).client, 5000);
  const inspector = new LayoutInspector(granted);
  const heard = new Map<string, number>();
  let refusals = 0;

  for (let number = 0; number < count; number++) {
    const made = await drawCase();
    writeFileSync(join(work, 'call.bin'), made.stored);
    utimesSync(join(work, 'call.bin'), number, number);
    for (const declared of ['pkcs7', 'certAlias', 'nothing'] as const) {
      const body = await play(made, declared);
      if (body === undefined) {
        refusals++;
        const described = declared === 'pkcs7' ? made.kind === 'detached' : made.kind !== 'detached';
        expect({ number, kind: made.kind, declared, mustPlay: made.whole && described }).toMatchObject({
          mustPlay: false,
        });
        continue;
      }
      const why = await whyHeard(made, declared, body);
      const where = { number, kind: made.kind, declared, stored: made.stored.length, body: body.length };
      expect({ ...where, isHeard: why !== undefined }).toEqual({ ...where, isHeard: true });
      heard.set(why!, (heard.get(why!) ?? 0) + 1);
    }
  }
  await storages.close();
  process.stderr.write(`  what is plain: ${count} files, heard ${JSON.stringify([...heard])}, ${refusals} refusals\n`);
  expect(heard.get('the plaintext')).toBeGreaterThan(count / 4);
  expect(heard.get('plain media')).toBeGreaterThan(count / 20);

  async function play({ envelope }: Case, declared: DeclaredProtection): Promise<Buffer | undefined> {
    const location = { storage: 'file', path: 'call.bin' };
    const subject = { sub: 'a', contactCenter: owner, recording: 'r', mediaFile: 'm', location };
    const detachedEnvelope = declared === 'pkcs7' ? envelope : undefined;
    const grantOf = (content: GrantContent) => ({ ...content, jti: 'j', iat: 0, exp: 1 });
    const found = await inspector.inspect(
      { grant: grantOf({ ...subject, purpose: 'inspect' }), declared, detachedEnvelope },
      signal,
    );
    if (found.layout === 'unrecognised') return undefined;
    const { layout, length } = found;
    const digest = layout === 'plain' ? {} : { envelopeDigest: found.envelopeDigest };
    const content: GrantContent = { ...subject, purpose: 'play', layout, content: { length }, ...digest };
    const signedGrant = identities.signer.sign(content);
    try {
      const request = { grant: grantOf(content), signedGrant, detachedEnvelope, requestId: 'r' };
      const media = await opener.open(request, signal);
      const body = await buffer(media.stream(0, media.length, signal));
      media.close();
      return body;
    } catch (error) {
      if (error instanceof RcsError || (error as { name?: string }).name === 'CmsError') return undefined;
      throw error;
    }
  }

  /** Undefined for noise. */
  async function whyHeard(made: Case, declared: DeclaredProtection, body: Buffer): Promise<string | undefined> {
    const isOwn = made.kind !== 'media' && made.kind !== 'noise' && made.kind !== 'other key';
    if (isOwn && body.equals(made.plaintext)) return 'the plaintext';
    if (made.kind === 'media' && declared === 'nothing' && body.equals(made.stored)) return 'plain media';
    // Content that was cut or garbled before anything was pinned: no worse than what openssl reads there.
    if (made.kind === 'garbled' || made.kind === 'cut') {
      if (declared === 'pkcs7' && sharesBlocks(body, made.plaintext)) return 'the rest of a plaintext';
      if ((await opensslOpens(made.stored))?.equals(body) === true) return 'what openssl reads';
    }
    return undefined;
  }
});

/** Blocks of the plaintext at their places: the right key, over content that was damaged. */
function sharesBlocks(body: Buffer, plaintext: Buffer): boolean {
  for (let at = 0; at + 16 <= body.length; at += 16)
    if (body.subarray(at, at + 16).equals(plaintext.subarray(at, at + 16))) return true;
  return body.length < 16;
}
