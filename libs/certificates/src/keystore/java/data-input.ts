/** Reads what Java's DataOutputStream wrote. Every method throws a RangeError at the end of the bytes. */
export class DataInput {
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  get position(): number {
    return this.offset;
  }

  octet(): number {
    return this.take(1).readUInt8();
  }

  unsignedShort(): number {
    return this.take(2).readUInt16BE();
  }

  unsignedInt(): number {
    return this.take(4).readUInt32BE();
  }

  long(): bigint {
    return this.take(8).readBigInt64BE();
  }

  /** The next octets, in place. */
  take(length: number): Buffer {
    const end = this.offset + length;
    if (end > this.bytes.length) throw new RangeError('it ends too early');
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  /** Octets behind their length. */
  octets(): Buffer {
    return this.take(this.unsignedInt());
  }

  /** Modified UTF-8 behind its length: UTF-16 code units, each encoded by itself, and zero in two octets. */
  text(): string {
    const encoded = this.take(this.unsignedShort());
    const units: number[] = [];
    for (let i = 0; i < encoded.length;) {
      const first = encoded[i] ?? 0;
      const following = first < 0x80 ? 0 : first >> 5 === 0b110 ? 1 : first >> 4 === 0b1110 ? 2 : -1;
      if (following < 0 || i + following >= encoded.length) throw new RangeError('a malformed name');
      let unit = following === 0 ? first : first & (following === 1 ? 0x1f : 0x0f);
      for (const next of encoded.subarray(i + 1, i + 1 + following)) {
        if (next >> 6 !== 0b10) throw new RangeError('a malformed name');
        unit = (unit << 6) | (next & 0x3f);
      }
      units.push(unit);
      i += 1 + following;
    }
    return units.map(unit => String.fromCharCode(unit)).join('');
  }
}
