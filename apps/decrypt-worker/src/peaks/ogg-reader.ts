import { DecodingError } from './decoding-error.js';

/** No packet of Opus comes near it (RFC 6716, 3.4). */
const longestPacket = 64 * 1024;
const pageHeaderBytes = 27;
const continued = 1;

/** Packets of the first stream of an Ogg file (RFC 3533), which comes in pieces. */
export class OggReader {
  private rest: Buffer = Buffer.alloc(0);
  private serial: number | undefined;
  private packet: Buffer[] = [];
  private packetBytes = 0;

  /** @throws DecodingError where no page is where one should be */
  *packets(piece: Uint8Array): Generator<Buffer> {
    this.rest = Buffer.concat([this.rest, piece]);
    for (let page = this.page(); page !== undefined; page = this.page()) yield* this.packetsOf(page);
  }

  /** The next page, when it is there as a whole. */
  private page(): Buffer | undefined {
    const { rest } = this;
    if (rest.length < pageHeaderBytes) return undefined;
    if (rest.toString('latin1', 0, 4) !== 'OggS')
      throw new DecodingError('undecodable', 'Ogg with bytes between pages');
    const segments = rest.readUInt8(26);
    const header = pageHeaderBytes + segments;
    if (rest.length < header) return undefined;
    let length = header;
    for (const segment of rest.subarray(pageHeaderBytes, header)) length += segment;
    if (rest.length < length) return undefined;
    this.rest = rest.subarray(length);
    return rest.subarray(0, length);
  }

  private *packetsOf(page: Buffer): Generator<Buffer> {
    const serial = page.readUInt32LE(14);
    this.serial ??= serial;
    if (serial !== this.serial) return;
    if ((page.readUInt8(5) & continued) === 0) this.forget();
    const segments = page.subarray(pageHeaderBytes, pageHeaderBytes + page.readUInt8(26));
    let offset = pageHeaderBytes + segments.length;
    for (const length of segments) {
      this.packetBytes += length;
      if (this.packetBytes > longestPacket)
        throw new DecodingError('undecodable', 'Ogg with a packet that is too long');
      this.packet.push(page.subarray(offset, offset + length));
      offset += length;
      if (length === 255) continue;
      yield Buffer.concat(this.packet);
      this.forget();
    }
  }

  private forget(): void {
    this.packet = [];
    this.packetBytes = 0;
  }
}
