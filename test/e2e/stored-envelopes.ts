import { readFileSync } from 'node:fs';
import type { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

/** What a recorder does with files that openssl has encrypted: each is stored under a name of its own, and inserted. */
export class StoredEnvelopes {
  private count = 0;

  constructor(
    private readonly client: CurlClient,
    private readonly prefix: string,
  ) {}

  /** The options that make the contact center's certificate the recipient. */
  get forUs(): string[] {
    return ['-recip', this.client.certificateFile];
  }

  nextName(): string {
    return `${this.prefix}-${++this.count}`;
  }

  /** By the machine's openssl, with these options. */
  async encrypt(plaintext: Buffer, ...options: readonly string[]): Promise<Buffer> {
    const [input, output] = [this.client.write('plain', plaintext), this.client.file('encrypted')];
    await openssl('cms', '-encrypt', '-binary', '-in', input, '-out', output, ...options);
    return readFileSync(output);
  }

  /** Where a file plays whose metadata say nothing. */
  async attachedPath(stored: Buffer): Promise<string> {
    const name = this.nextName();
    await this.client.put(name, stored);
    return this.client.insertedFile(name);
  }

  /** Where a file plays whose metadata say this of it. */
  async detachedPath(ciphertext: Buffer, metadata: object): Promise<string> {
    const name = this.nextName();
    await this.client.put(name, ciphertext);
    const mediaDescriptor = this.client.stored(name);
    return this.client.inserted(name, { mediaId: `${name}.mp3`, mediaDescriptor, ...metadata });
  }
}
