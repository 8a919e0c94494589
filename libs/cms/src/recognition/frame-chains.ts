import type { MediaSignature } from './media-signature.js';

/** One frame of a format that is nothing but frames. */
interface Frame {
  readonly length: number;
  /** What stays the same from frame to frame. */
  readonly kind: number;
}

interface FrameFormat {
  readonly format: string;
  /** Frames that have to follow each other. */
  readonly least: number;
  /** A frame may begin as far from the first byte as this: files that were cut begin inside one. */
  readonly searched: number;
  /** Bits of one header that are fixed, and of each further one that has to be of the same kind. */
  readonly firstBits: number;
  readonly furtherBits: number;
  readonly frameAt: (head: Buffer, offset: number) => Frame | undefined;
}

/** kbit/s by index; rows: MPEG-1 layer I, II, III, MPEG-2 and 2.5 layer I, II and III (ISO/IEC 11172-3, 13818-3). */
const bitRates = {
  v1l1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  v1l2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  v1l3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  v2l1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  v2l23: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const samplingRates = [44_100, 48_000, 32_000];

function mpegAudioFrame(head: Buffer, offset: number): Frame | undefined {
  if (offset + 4 > head.length) return undefined;
  const word = head.readUInt32BE(offset);
  const version = (word >>> 19) & 3;
  const layer = 4 - ((word >>> 17) & 3);
  const bitRateIndex = (word >>> 12) & 15;
  const samplingRate = samplingRates[(word >>> 10) & 3];
  if (word >>> 21 !== 0x7ff || version === 1 || layer === 4 || samplingRate === undefined) return undefined;
  if (bitRateIndex === 0 || bitRateIndex === 15) return undefined;
  const isFirstVersion = version === 3;
  const rates = isFirstVersion
    ? [bitRates.v1l1, bitRates.v1l2, bitRates.v1l3][layer - 1]
    : layer === 1
      ? bitRates.v2l1
      : bitRates.v2l23;
  const bitRate = (rates?.[bitRateIndex] ?? 0) * 1000;
  const rate = samplingRate / (isFirstVersion ? 1 : version === 2 ? 2 : 4);
  const padding = (word >>> 9) & 1;
  const samples = layer === 3 && !isFirstVersion ? 72 : 144;
  const length =
    layer === 1 ? (Math.floor((12 * bitRate) / rate) + padding) * 4 : Math.floor((samples * bitRate) / rate) + padding;
  // Version, layer, protection, sampling rate and channel mode do not change inside a stream.
  return { length, kind: word & 0x001f0cc0 };
}

function adtsFrame(head: Buffer, offset: number): Frame | undefined {
  if (offset + 7 > head.length) return undefined;
  const word = head.readUInt32BE(offset);
  if (word >>> 20 !== 0xfff || (word >>> 17) % 4 !== 0 || ((word >>> 10) & 15) > 12) return undefined;
  const length = ((word & 3) << 11) | (head.readUInt16BE(offset + 4) >>> 5);
  return length < 7 ? undefined : { length, kind: word & 0x000ffdc0 };
}

const constantFrame = (length: number, isFrame: (byte: number) => boolean) => (head: Buffer, offset: number) => {
  const byte = head[offset];
  return byte !== undefined && isFrame(byte) ? { length, kind: 0 } : undefined;
};
const isSyncByte = (byte: number): boolean => byte === 0x47;

const formats: readonly FrameFormat[] = [
  { format: 'mp3', least: 2, searched: 0, firstBits: 12, furtherBits: 20, frameAt: mpegAudioFrame },
  { format: 'aac', least: 2, searched: 0, firstBits: 14, furtherBits: 24, frameAt: adtsFrame },
  // A cut file: one frame more for the choice of where to begin.
  { format: 'mp3', least: 3, searched: 1441, firstBits: 1, furtherBits: 20, frameAt: mpegAudioFrame },
  { format: 'mpeg-ts', least: 5, searched: 0, firstBits: 8, furtherBits: 8, frameAt: constantFrame(188, isSyncByte) },
  // GSM 06.10 as files keep it: 33 bytes behind each 0xD (RFC 3551, 4.5.8.1).
  {
    format: 'gsm',
    least: 12,
    searched: 0,
    firstBits: 4,
    furtherBits: 4,
    frameAt: constantFrame(33, byte => byte >>> 4 === 0xd),
  },
];

/**
 * Formats without a signature at the beginning of the file are known by frames that follow each other where their headers
 * say. A file that ends with its last frame has as many as it has.
 */
export function frameChain(head: Buffer): MediaSignature | undefined {
  for (const { format, least, searched, firstBits, furtherBits, frameAt } of formats) {
    for (let start = 0; start <= Math.min(searched, head.length - 4); start++) {
      const count = chainLength(head, start, frameAt);
      if (count >= least) return { format, bits: firstBits + (count - 1) * furtherBits };
    }
  }
  return undefined;
}

function chainLength(head: Buffer, start: number, frameAt: FrameFormat['frameAt']): number {
  const first = frameAt(head, start);
  let count = 0;
  let offset = start;
  for (let frame = first; frame !== undefined && frame.kind === first?.kind; frame = frameAt(head, offset)) {
    count++;
    offset += frame.length;
  }
  return count;
}
