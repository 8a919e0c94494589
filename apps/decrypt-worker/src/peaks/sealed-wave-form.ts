import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PlaybackGrant } from '#grants';
import type { OpenMedia } from '../media-session/media-session.js';
import type { WaveForm } from './wave-form.js';

type Media = Pick<OpenMedia, 'entityTag' | 'deriveKey'>;
type Name = Pick<PlaybackGrant, 'contactCenter' | 'recording' | 'mediaFile'>;

const purpose = 'rcs wave form 1';
const nonceBytes = 12;
const tagBytes = 16;
/** How it was kept: of plain media, which nothing could seal, or under a key that the session key of the media gives. */
const form = { plain: 0, sealed: 1 } as const;

/** A wave form as it is kept: whoever cannot open the media cannot read it, and of other or changed media it is not. */
export function sealWaveForm(waveForm: WaveForm, media: Media, name: Name): Buffer {
  const header = Buffer.from(`${JSON.stringify({ ...headerOf(waveForm), bound: boundTo(media, name) })}\n`);
  const plain = Buffer.concat([header, ...waveForm.channels.map(bytesOf)]);
  const key = media.deriveKey?.(purpose);
  if (key === undefined) return Buffer.concat([Buffer.from([form.plain]), plain]);
  try {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo(media, name)));
    return Buffer.concat([
      Buffer.from([form.sealed]),
      nonce,
      cipher.update(plain),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  } finally {
    key.fill(0);
  }
}

/** Undefined for what is not the wave form of this media: it is made anew. */
export function openWaveForm(kept: Buffer, media: Media, name: Name): WaveForm | undefined {
  const key = media.deriveKey?.(purpose);
  try {
    if (kept[0] !== (key === undefined ? form.plain : form.sealed)) return undefined;
    const plain = key === undefined ? kept.subarray(1) : unsealed(kept.subarray(1), key, boundTo(media, name));
    return parse(plain, boundTo(media, name));
  } catch {
    return undefined;
  } finally {
    key?.fill(0);
  }
}

function unsealed(sealed: Buffer, key: Buffer, bound: string): Buffer {
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound)).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

interface Header extends Omit<WaveForm, 'channels'> {
  readonly lengths: readonly number[];
}

const headerOf = ({ sampleRate, samples, samplesPerBucket, channels }: WaveForm): Header => ({
  sampleRate,
  samples,
  samplesPerBucket,
  lengths: channels.map(({ length }) => length),
});

function parse(plain: Buffer, bound: string): WaveForm | undefined {
  const end = plain.indexOf('\n');
  const { lengths, bound: written, ...rest } = JSON.parse(plain.toString('utf8', 0, end)) as Header & { bound: string };
  if (written !== bound) return undefined;
  let offset = end + 1;
  const channels = lengths.map(length => {
    const samples = Int16Array.from({ length }, (_, index) => plain.readInt16LE(offset + 2 * index));
    offset += 2 * length;
    return samples;
  });
  return { ...rest, channels };
}

/** Little-endian. */
export function bytesOf(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(2 * samples.length);
  samples.forEach((sample, index) => bytes.writeInt16LE(sample, 2 * index));
  return bytes;
}

const boundTo = ({ entityTag }: Media, { contactCenter, recording, mediaFile }: Name): string =>
  JSON.stringify([contactCenter, recording, mediaFile, entityTag]);
