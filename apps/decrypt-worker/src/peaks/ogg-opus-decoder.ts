import { OpusDecoder } from 'opus-decoder';
import type { AudioDecoder } from './audio-decoder.js';
import { DecodingError } from './decoding-error.js';
import { OggReader } from './ogg-reader.js';
import { PeakBuckets } from './peak-buckets.js';
import type { WaveForm } from './wave-form.js';

const sampleRate = 48_000;

interface OpusHead {
  readonly channels: number;
  readonly preSkip: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

/** Opus in Ogg (RFC 7845), by libopus as WebAssembly. */
export class OggOpusDecoder implements AudioDecoder {
  /** Loaded now: a thread loads nothing once it reads a file. */
  private readonly opus = OpusDecoder;
  private readonly reader = new OggReader();
  private decoder: OpusDecoder | undefined;
  private buckets: PeakBuckets | undefined;
  private packets = 0;

  constructor(private readonly maximumSeconds: number) {}

  async add(piece: Uint8Array): Promise<void> {
    for (const packet of this.reader.packets(piece)) {
      this.packets++;
      if (this.packets === 1) await this.begin(packet);
      // The second has comments.
      else if (this.packets > 2) this.decode(packet);
    }
  }

  finish(): Promise<WaveForm> {
    if (this.buckets === undefined) throw new DecodingError('undecodable', 'Ogg without a stream');
    return Promise.resolve(this.buckets.finish());
  }

  private async begin(packet: Buffer): Promise<void> {
    const { channels, ...head } = readHead(packet);
    this.buckets = new PeakBuckets(channels, sampleRate, this.maximumSeconds);
    this.decoder = new this.opus({ channels, ...head });
    await this.decoder.ready;
  }

  private decode(packet: Buffer): void {
    if (packet.length === 0) return;
    const decoded = this.decoder?.decodeFrame(Uint8Array.from(packet));
    if (decoded !== undefined && decoded.samplesDecoded > 0)
      this.buckets?.add(decoded.channelData, decoded.samplesDecoded);
  }
}

/** The identification header (RFC 7845, 5.1). */
function readHead(packet: Buffer): OpusHead {
  if (packet.toString('latin1', 0, 8) !== 'OpusHead') {
    throw new DecodingError('unsupported', 'Ogg with something else than Opus in it');
  }
  if (packet.length < 19) throw new DecodingError('undecodable', 'Opus with a cut header');
  const [channels, preSkip, family] = [packet.readUInt8(9), packet.readUInt16LE(10), packet.readUInt8(18)];
  if (family === 0 && channels <= 2) {
    const coupledStreamCount = channels - 1;
    return { channels, preSkip, streamCount: 1, coupledStreamCount, channelMappingTable: [0, 1].slice(0, channels) };
  }
  if (family !== 1 || packet.length < 21 + channels) {
    throw new DecodingError('unsupported', `Opus with channels of family ${family}`);
  }
  const [streamCount, coupledStreamCount] = [packet.readUInt8(19), packet.readUInt8(20)];
  const channelMappingTable = [...packet.subarray(21, 21 + channels)];
  const streams = streamCount + coupledStreamCount;
  if (coupledStreamCount > streamCount || channelMappingTable.some(one => one !== 255 && one >= streams)) {
    throw new DecodingError('undecodable', 'Opus whose channels are of no stream');
  }
  return { channels, preSkip, streamCount, coupledStreamCount, channelMappingTable };
}
