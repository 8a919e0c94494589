import type { MediaSignature } from './media-signature.js';

/** Bytes at fixed places: text in Latin-1, a dot for any byte. */
interface FixedSignature {
  readonly format: string;
  readonly text: string;
  /** Bits of what `check` demands on top. */
  readonly further?: number;
  readonly check?: (head: Buffer, size: number) => boolean;
}

const bigEndian = (head: Buffer, offset: number): number =>
  head.length >= offset + 4 ? head.readUInt32BE(offset) : Number.NaN;

/** A first box of an ISO base media file (ISO/IEC 14496-12, 4.2): short, and within the file. */
const isShortBox = (head: Buffer, size: number): boolean => {
  const length = bigEndian(head, 0);
  return length >= 8 && length <= 4096 && length <= size;
};
/** Behind it stands another one whose name is four letters. */
const isBoxBeforeAnother = (head: Buffer, size: number): boolean => {
  const next = bigEndian(head, 0);
  return isShortBox(head, size) && /^[a-z]{4}$/.test(head.toString('latin1', next + 4, next + 8));
};
/** Media data first: 1 stands for a longer length, 0 for the rest of the file. */
const isWithinFile = (head: Buffer, size: number): boolean => bigEndian(head, 0) <= Math.max(1, size);
/** Synchsafe size, a version that exists, no unknown flags (ID3v2, 3.1). */
const isId3 = (head: Buffer): boolean =>
  head.length >= 10 &&
  (head[3] ?? 0) >= 2 &&
  (head[3] ?? 0) <= 4 &&
  ((head[5] ?? 0) & 0x0f) === 0 &&
  head.subarray(6, 10).every(byte => byte < 0x80);

/**
 * Containers and formats of calls, screens and stills, with 32 bits and more in their first bytes. Raw G.711, raw PCM and
 * their like have nothing of the kind.
 */
const signatures: readonly FixedSignature[] = [
  { format: 'mp3', text: 'ID3', further: 14, check: isId3 },
  { format: 'wav', text: 'RIFF....WAVE' },
  { format: 'wav', text: 'RIFX....WAVE' },
  { format: 'wav', text: 'RF64....WAVE' },
  { format: 'wav', text: 'BW64....WAVE' },
  { format: 'avi', text: 'RIFF....AVI ' },
  { format: 'webp', text: 'RIFF....WEBP' },
  { format: 'mp4', text: '....ftyp', further: 20, check: isShortBox },
  { format: 'mp4', text: '....styp', further: 20, check: isShortBox },
  { format: 'mov', text: '....moov....mvhd' },
  { format: 'mov', text: '....wide', further: 30, check: isBoxBeforeAnother },
  { format: 'mov', text: '....free', further: 30, check: isBoxBeforeAnother },
  { format: 'mov', text: '....skip', further: 30, check: isBoxBeforeAnother },
  { format: 'mov', text: '....mdat', further: 4, check: isWithinFile },
  { format: 'ogg', text: 'OggS\0', further: 5, check: head => (head[5] ?? 0xff) <= 7 },
  { format: 'flac', text: 'fLaC' },
  { format: 'webm', text: '\x1a\x45\xdf\xa3' },
  { format: 'aac', text: 'ADIF' },
  { format: 'amr', text: '#!AMR\n' },
  { format: 'amr-wb', text: '#!AMR-WB\n' },
  { format: 'au', text: '.snd\0\0' },
  { format: 'aiff', text: 'FORM....AIF', further: 7, check: head => head[11] === 0x46 || head[11] === 0x43 },
  { format: 'caf', text: 'caff\0\x01\0\0' },
  { format: 'wavpack', text: 'wvpk' },
  { format: 'asf', text: '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c' },
  { format: 'flv', text: 'FLV\x01.\0\0\0' },
  { format: 'mpeg-ps', text: '\0\0\x01\xba' },
  { format: 'mpeg-video', text: '\0\0\x01\xb3' },
  { format: 'h264', text: '\0\0\0\x01', further: 5, check: head => [0x07, 0x09].includes((head[4] ?? 0) & 0x9f) },
  { format: 'png', text: '\x89PNG\r\n\x1a\n' },
  { format: 'gif', text: 'GIF87a' },
  { format: 'gif', text: 'GIF89a' },
];

interface Compiled extends FixedSignature {
  readonly places: readonly (readonly [offset: number, byte: number])[];
}

/** A dot stands for any byte; the one that AU begins with is meant. */
const compiled: readonly Compiled[] = signatures.map(signature => ({
  ...signature,
  places: Array.from(signature.text).flatMap((character, offset) =>
    character === '.' && signature.format !== 'au' ? [] : [[offset, character.charCodeAt(0)] as const],
  ),
}));

/** @param size of the whole file. */
export function fixedSignature(head: Buffer, size: number): MediaSignature | undefined {
  const found = compiled.find(
    ({ places, check }) =>
      places.every(([offset, byte]) => head[offset] === byte) && (check === undefined || check(head, size)),
  );
  return found && { format: found.format, bits: found.places.length * 8 + (found.further ?? 0) };
}
