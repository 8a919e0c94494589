import { createDecipheriv } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openssl } from '../../e2e/external-tools.js';
import { encryptContent } from '../media/sealed-media.js';
import { garbledBytesAtMost, type StoredCase } from './stored-case.js';

/** Why a body may be heard, or undefined: it is noise, or another recording. */
export async function whyHeard(body: Buffer, stored: StoredCase, oracle: OpensslOracle): Promise<string | undefined> {
  const { kind, plaintext, moment, exchangedPlaintext, declared, atInsertion } = stored;
  if (kind !== 'unknown' && body.equals(plaintext)) return 'the plaintext';
  const early = moment === 'before insertion';
  if (early && exchangedPlaintext !== undefined && body.equals(exchangedPlaintext))
    return 'what was there at insertion';
  if (declared === 'nothing' && body.equals(atInsertion) && isMedia(body)) return 'plain media';
  if (early && (await oracle.opens(stored)).some(opened => opened.equals(body))) return 'what openssl reads there';
  if (early && stored.change === 'garbled' && (kind === 'openssl' ? isDamaged : isGarbledContent)(body, stored))
    return 'the damaged content that lay there';
  return undefined;
}

/**
 * openssl gives up an envelope whose other recipient is damaged, too. CBC gives back just the ciphertext that a body came
 * from, so what differs from the ciphertext that was made is no more than what was garbled, in it or in its IV.
 */
function isGarbledContent(body: Buffer, { plaintext, secret }: StoredCase): boolean {
  const iv = Buffer.from(secret.iv.map((byte, at) => byte ^ (plaintext[at] ?? 0) ^ (body[at] ?? 0)));
  const made = encryptContent(plaintext, secret);
  return [secret.iv, iv].some(each => {
    const there = encryptContent(body, { ...secret, iv: each });
    return there.length === made.length && differing(there, made) + differing(each, secret.iv) <= garbledBytesAtMost;
  });
}

/**
 * The session key that openssl drew is nobody's to know, and of its own PEM and S/MIME it reads less than this server once
 * they are damaged. With the right key a garbled byte costs its own block and one byte of the next; with a wrong one no
 * block would be left.
 */
function isDamaged(body: Buffer, { plaintext }: StoredCase): boolean {
  const blocks = differingBlocks(body, plaintext);
  // A garbled end may leave another padding that is right by chance.
  const isAsLong = Math.abs(body.length - plaintext.length) < 16;
  return isAsLong && blocks <= 2 * garbledBytesAtMost && sharesBlock(body, plaintext);
}

function differingBlocks(a: Buffer, b: Buffer): number {
  const starts = Array.from({ length: Math.ceil(b.length / 16) }, (_, block) => 16 * block);
  return starts.filter(start => !a.subarray(start, start + 16).equals(b.subarray(start, start + 16))).length;
}

const differing = (a: Buffer, b: Buffer): number => a.filter((byte, at) => byte !== b[at]).length;

/** At least 32 bits that only media begin with. */
function isMedia(bytes: Buffer): boolean {
  const at = (offset: number, text: string): boolean =>
    bytes.subarray(offset, offset + text.length).equals(Buffer.from(text, 'latin1'));
  if (at(0, 'RIFF') && at(8, 'WAVE')) return true;
  if (at(4, 'ftyp')) return true;
  return at(0, 'ID3') && bytes.length > 10 && bytes[3]! < 5 && bytes[4] === 0;
}

/** What a tool that has never heard of this server makes of a file that was damaged before it was inserted. */
export class OpensslOracle {
  constructor(
    private readonly work: string,
    /** Names of files NAME.pem and NAME.key. */
    private readonly names: readonly string[],
  ) {}

  async opens({ name, layout, declared, change, atInsertion, plaintext, secret }: StoredCase): Promise<Buffer[]> {
    if (layout === 'detached') return withKey(atInsertion, secret);
    // Garbled, it may be no envelope any more, and what the one of the metadata opens: its end is right by that key.
    const byMetadata = layout !== 'plain' && declared === 'pkcs7' && change === 'garbled';
    const [input, output] = [join(this.work, `${name}.in`), join(this.work, `${name}.out`)];
    await writeFile(input, atInsertion);
    const opened: Buffer[] = [];
    for (const key of this.names) {
      const recipient = ['-recip', join(this.work, `${key}.pem`), '-inkey', join(this.work, `${key}.key`)];
      try {
        await openssl('cms', '-decrypt', '-binary', '-inform', 'DER', '-in', input, '-out', output, ...recipient);
        opened.push(await readFile(output));
      } catch {
        // It does not open.
      }
    }
    // openssl says nothing of a wrong key whose padding is right by chance: that would be noise for it, too.
    const known = opened.filter(body => sharesBlock(body, plaintext));
    return byMetadata ? [...known, ...withKey(atInsertion, secret)] : known;
  }
}

function withKey(stored: Buffer, { sessionKey, iv }: StoredCase['secret']): Buffer[] {
  try {
    const cipher = createDecipheriv('aes-256-cbc', sessionKey, iv);
    return [Buffer.concat([cipher.update(stored), cipher.final()])];
  } catch {
    return [];
  }
}

function sharesBlock(a: Buffer, b: Buffer): boolean {
  for (let start = 0; start + 16 <= Math.min(a.length, b.length); start += 16) {
    if (a.subarray(start, start + 16).equals(b.subarray(start, start + 16))) return true;
  }
  return a.length < 16 && a.length > 0 && b.subarray(0, a.length).equals(a);
}
