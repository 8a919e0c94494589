import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ByteSource, checkRange } from '../byte-source/byte-source.js';
import { CopyTransform } from '../decryption/content-transform.js';
import { PlaintextStream } from '../decryption/plaintext-stream.js';
import type { LocatedContent } from './content-map.js';

/** The octets of content that lies in a structure, as they are. */
export class LocatedSource implements ByteSource {
  readonly size: number;

  constructor(private readonly located: LocatedContent) {
    this.size = located.ciphertextLength;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkRange(start, end, this.size);
    return new PlaintextStream(this.located, new CopyTransform(start, end), signal);
  }

  read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    return buffer(this.stream(start, end, signal));
  }
}
