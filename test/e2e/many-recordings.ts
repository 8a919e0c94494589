import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { openssl } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';

const forms = [
  { layout: 'detached', options: ['-aes-256-cbc'] },
  { layout: 'attached', options: ['-aes-128-cbc'] },
  { layout: 'attached', options: ['-aes-256-cbc', '-keyopt', 'rsa_padding_mode:oaep'] },
  { layout: 'attached', options: ['-aes-256-gcm'] },
  { layout: 'detached', options: ['-aes-256-cbc', '-keyid'] },
] as const;

export interface StoredRecording {
  readonly index: number;
  readonly id: string;
  readonly mediaId: string;
  /** Of the plaintext. */
  readonly sha256: string;
}

/**
 * As many recordings as are wanted, over some days, each with content of its own that OpenSSL encrypted for the cluster:
 * stored in its WebDAV, and in a file of JSON lines as `rcsctl insert` takes them.
 */
export class ManyRecordings {
  readonly stored: StoredRecording[] = [];
  readonly lines: string;

  constructor(
    private readonly ready: ReadyLine,
    private readonly work: string,
    private readonly size: { readonly recordings: number; readonly bytes: number; readonly days: readonly string[] },
  ) {
    this.lines = join(work, 'recordings.jsonl');
  }

  /** Four at a time. */
  async store(): Promise<void> {
    const texts: string[] = [];
    let next = 0;
    const lane = async (name: string): Promise<void> => {
      while (next < this.size.recordings) texts.push(await this.storeOne(next++, name));
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(lane));
    writeFileSync(this.lines, texts.join(''));
  }

  private async storeOne(index: number, lane: string): Promise<string> {
    const [form, day] = [forms[index % forms.length], this.size.days[index % this.size.days.length]];
    if (form === undefined || day === undefined) throw new Error('there is neither a form nor a day');
    const media = this.mediaOf(index);
    const encrypted = await this.encrypted(media, form.options, lane);
    const mediaId = `many-${index}.mp3`;
    const { contactCenter, webdav } = this.ready;
    const file = `${webdav.folder ?? ''}${mediaId}.bin`;
    const { envelope, ciphertext } =
      form.layout === 'detached' ? splitEnvelope(encrypted) : { envelope: undefined, ciphertext: encrypted };
    await this.put(file, ciphertext);
    const id = `MANY${index}-${contactCenter.slice(0, 8)}`;
    this.stored.push({ index, id, mediaId, sha256: createHash('sha256').update(media).digest('hex') });
    const pkcs7 = envelope === undefined ? {} : { pkcs7: envelope.toString('base64') };
    const mediaDescriptor = { storage: 'webDAV', path: file };
    const mediaFiles = [{ mediaId, type: 'audio/mp3', mediaDescriptor, ...pkcs7 }];
    return `${JSON.stringify({ id, startTime: `${day}T08:00:00.000+0000`, mediaFiles })}\n`;
  }

  /** An MP3 as far as its head says, the same at each call: behind it the keystream of a counter of its own. */
  mediaOf(index: number): Buffer {
    const counter = Buffer.alloc(16);
    counter.writeUInt32BE(index + 1);
    const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), counter);
    return Buffer.concat([
      Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'),
      noise.update(Buffer.alloc(this.size.bytes + index)),
    ]);
  }

  private async encrypted(media: Buffer, options: readonly string[], lane: string): Promise<Buffer> {
    const [input, output] = ['in', 'out'].map(name => join(this.work, `${lane}.${name}`)) as [string, string];
    writeFileSync(input, media);
    const certificate = this.ready.certificates[0]?.file ?? '';
    const files = ['-in', input, '-outform', 'DER', '-out', output, '-recip', certificate];
    await openssl('cms', '-encrypt', '-binary', ...files, ...options);
    return readFileSync(output);
  }

  /** A file of the contact center, which is not there yet. */
  async put(file: string, body: Buffer): Promise<void> {
    const { url, user, password } = this.ready.webdav;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const [headers, signal] = [{ authorization }, AbortSignal.timeout(60_000)];
    const { status } = await fetch(`${url}/${file}`, { method: 'PUT', body: new Uint8Array(body), headers, signal });
    if (status !== 201) throw new Error(`the storage answered PUT with ${status}`);
  }
}

/** The command of `recording.json` with the files of whoever has the private key. */
export const typed = (opens: string, certificate: string, key: string): string =>
  opens.replace('CERTIFICATE', certificate).replace('KEY', key).replace('OUT', 'out');
