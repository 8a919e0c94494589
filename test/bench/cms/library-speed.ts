import { createCipheriv, createDecipheriv, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  BufferSource,
  detachedContentMap,
  encryptDetached,
  EncryptedMedia,
  parseEnvelope,
  readAttachedEnvelope,
  type ContentMap,
  type Envelope,
} from '#cms';
import { attachedFile, type CbcSample } from '../../../libs/cms/src/testing/encrypted-samples.js';
import { encodeSegments, primitive } from '../../../libs/cms/src/testing/ber-structures.js';
import { interleaved, median, type PairedResult } from '../statistics.js';

const never = new AbortController().signal;
const bytes = 256_000_000;
const chunkBytes = 64 * 1024;

export type Layout = 'detached' | 'attached, DER' | 'attached, segments of 4096';

/** Decryption of each layout against the cipher alone, over the same ciphertext in the memory of one process, MB/s. */
export async function decryptionSpeed(pairs: number): Promise<{ layout: Layout; result: PairedResult }[]> {
  const plaintext = Buffer.alloc(bytes, 1);
  const [sessionKey, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', sessionKey, iv);
  const sample: CbcSample = {
    plaintext,
    sessionKey,
    iv,
    ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
  };
  const results: { layout: Layout; result: PairedResult }[] = [];
  for (const layout of ['detached', 'attached, DER', 'attached, segments of 4096'] as const) {
    const media = await openSample(sample, layout);
    const ours = () => megabytesPerSecond(() => readAll(media));
    const bare = () => megabytesPerSecond(() => decryptBare(sample));
    results.push({ layout, result: await interleaved(pairs, ours, bare) });
  }
  return results;
}

async function openSample(sample: CbcSample, layout: Layout): Promise<EncryptedMedia> {
  const { ciphertext, sessionKey } = sample;
  const source = new BufferSource(layout === 'detached' ? ciphertext : attachedFile(sample, contentOf(sample, layout)));
  const { envelope } = await readAttachedEnvelope(
    new BufferSource(attachedFile(sample, primitive(0x80, ciphertext))),
    never,
  );
  const found: { envelope: Envelope; contentMap: ContentMap } =
    layout === 'detached'
      ? { envelope, contentMap: detachedContentMap(source, envelope) }
      : await readAttachedEnvelope(source, never);
  return EncryptedMedia.open({ source, ...found, sessionKey, signal: never });
}

function contentOf({ ciphertext }: CbcSample, layout: Layout): Buffer {
  if (layout === 'attached, DER') return primitive(0x80, ciphertext);
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < ciphertext.length; offset += 4096) {
    pieces.push(encodeSegments(ciphertext.subarray(offset, offset + 4096)));
  }
  return Buffer.concat([Buffer.from([0xa0, 0x80]), ...pieces, Buffer.alloc(2)]);
}

async function megabytesPerSecond(work: () => Promise<number>): Promise<number> {
  const started = performance.now();
  const count = await work();
  if (count !== bytes) throw new Error(`${count} of ${bytes} bytes came`);
  return bytes / 1000 / (performance.now() - started);
}

async function readAll(media: EncryptedMedia): Promise<number> {
  const stream = media.stream(0, media.plaintextLength, never);
  let count = 0;
  stream.on('data', (chunk: Buffer) => (count += chunk.length));
  return new Promise((resolve, reject) => {
    stream.on('end', () => resolve(count));
    stream.on('error', reject);
  });
}

function decryptBare({ ciphertext, sessionKey, iv }: CbcSample): Promise<number> {
  const decipher = createDecipheriv('aes-256-cbc', sessionKey, iv);
  let count = 0;
  for (let offset = 0; offset < ciphertext.length; offset += chunkBytes) {
    count += decipher.update(ciphertext.subarray(offset, offset + chunkBytes)).length;
  }
  return Promise.resolve(count + decipher.final().length);
}

/** Microseconds that the parsing of an envelope with two recipients takes, the median of many runs. */
export async function parseTime(): Promise<number> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = createPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const recipients = [1, 2].map(serial => ({
    identifier: {
      type: 'issuer-and-serial-number' as const,
      issuer: Buffer.from('3019311730150603550403130e436f6e746163742063656e746572', 'hex'),
      serialNumber: Buffer.from([serial]),
    },
    publicKey,
    keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' as const },
  }));
  const { envelope, ciphertext } = encryptDetached({ recipients });
  await buffer(Readable.from([Buffer.alloc(1)]).pipe(ciphertext));
  const times: number[] = [];
  for (let batch = 0; batch < 200; batch++) {
    const started = performance.now();
    for (let run = 0; run < 200; run++) parseEnvelope(envelope);
    times.push(((performance.now() - started) / 200) * 1000);
  }
  return median(times.slice(50));
}
