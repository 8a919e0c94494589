import { knownAtSight, plaintextKinds, plaintextOf, type PlaintextKind } from '../media/plaintexts.js';
import {
  detachedEnvelope,
  encryptContent,
  newSecret,
  seal,
  type ContentSecret,
  type Layout,
  type Recipient,
} from '../media/sealed-media.js';
import type { MadeCertificate } from '../media/made-certificate.js';
import type { Random } from '../world/random.js';
import { wrap, wrappers } from './wrappers.js';
import { luckyWrongKey, type Resemblance } from './wrong-key.js';

/** What a stored file may be. */
export const fileKinds = {
  own: 30,
  plain: 10,
  wrapped: 15,
  unknown: 12,
  'somebody else’s': 8,
  'wrong key': 15,
  openssl: 10,
} as const;
export type FileKind = keyof typeof fileKinds;

/** What somebody does to it. */
export const changes = {
  none: 25,
  copied: 10,
  cut: 20,
  garbled: 25,
  exchanged: 20,
} as const;
export type Change = keyof typeof changes;

export type Moment = 'before insertion' | 'before the first playback' | 'after the first playback';
export type Declared = 'pkcs7' | 'certAlias' | 'nothing';

export interface StoredCase {
  readonly name: string;
  readonly kind: FileKind;
  readonly layout: Layout;
  readonly plaintextKind: PlaintextKind;
  readonly declared: Declared;
  readonly change: Change;
  readonly moment: Moment;
  readonly plaintext: Buffer;
  readonly secret: ContentSecret;
  /** What lies there when the recording is inserted. */
  readonly atInsertion: Buffer;
  /** What lies there in the end. */
  readonly atTheEnd: Buffer;
  readonly pkcs7: Buffer | undefined;
  /** What the file holds that was exchanged for it. */
  readonly exchangedPlaintext: Buffer | undefined;
  /** The recording as it was made, whole and described as it is, of media that is known at sight: it has to play. */
  readonly mustPlay: boolean;
}

export interface Hands {
  readonly random: Random;
  readonly ours: readonly { readonly alias: string; readonly certificate: MadeCertificate }[];
  readonly stranger: MadeCertificate;
  /** What openssl makes of a plaintext for the first of ours. */
  readonly openssl: (plaintext: Buffer) => Promise<Buffer>;
}

const unknownHeads = [
  '',
  '<!DOCTYPE html><html>',
  '{"error":"not found"}',
  '%PDF-1.7\n',
  '\0\0\0\0',
  'Salted__',
  '0\x82',
];

/** One stored file with what the metadata says of it, drawn at random. */
export async function drawCase(number: number, hands: Hands): Promise<StoredCase> {
  const { random, ours, stranger } = hands;
  const kind = random.weighted(fileKinds);
  const plaintextKind = random.weighted<PlaintextKind>({ wave: 30, mp3: 25, mp4: 15, text: 10, noise: 15, empty: 3 });
  const plaintext = plaintextOf(plaintextKind, random);
  const secret = newSecret(random);
  const recipients = recipientsOf(kind, plaintext, secret, hands);
  const layout: Layout =
    kind === 'plain' || kind === 'unknown'
      ? 'plain'
      : kind === 'wrapped' || kind === 'openssl'
        ? 'attached'
        : random.pick(['detached', 'attached', 'attached-stream']);
  const made = await storedFile(kind, layout, plaintext, recipients, secret, hands);
  const declared = random.pick<Declared>(
    layout === 'detached' ? ['pkcs7', 'pkcs7', 'certAlias', 'nothing'] : ['pkcs7', 'certAlias', 'nothing', 'nothing'],
  );
  const change = random.weighted(changes);
  const moment = random.pick<Moment>(['before insertion', 'before the first playback', 'after the first playback']);
  const changed = changedFile(change, made, hands);
  const described =
    layout === 'detached' ? declared === 'pkcs7' : layout === 'plain' ? declared === 'nothing' : declared !== 'pkcs7';
  const whole = kind === 'own' || kind === 'openssl' || kind === 'plain' || (kind === 'wrapped' && opens(made));
  const asMade = change === 'none' || change === 'copied';
  return {
    name: `noise-${number}`,
    kind,
    layout,
    plaintextKind,
    declared,
    change,
    moment,
    plaintext: kind === 'unknown' ? Buffer.alloc(0) : plaintext,
    secret,
    atInsertion: moment === 'before insertion' ? changed.stored : made,
    atTheEnd: changed.stored,
    exchangedPlaintext: changed.plaintext,
    pkcs7:
      declared === 'pkcs7'
        ? detachedEnvelope(recipients.length > 0 ? recipients : recipientsOf('own', plaintext, secret, hands), secret)
        : undefined,
    mustPlay: whole && described && knownAtSight.has(plaintextKind) && (asMade || moment !== 'before insertion'),
  };

  function recipientsOf(kind: FileKind, plaintext: Buffer, secret: ContentSecret, { random }: Hands): Recipient[] {
    const by = random.pick(['issuer-and-serial', 'key-identifier'] as const);
    const us = random.sample(ours, random.chance(0.3) ? 2 : 1).map(({ certificate }) => ({ certificate, by }));
    const them = { certificate: stranger, by };
    if (kind === 'plain' || kind === 'unknown') return [];
    if (kind === 'somebody else’s') return [them];
    if (kind !== 'wrong key') return random.chance(0.2) ? [them, ...us] : us;
    const wanted = random.weighted<Resemblance>({ padding: 90, 'long padding': 6, 'padding and frame': 0.5 });
    const wrapped = luckyWrongKey(encryptContent(plaintext, secret), secret.iv, wanted, random);
    return us.map(recipient => ({ ...recipient, wrapped }));
  }
}

/** Wrappers that every tool opens; the others may be refused by their name. */
const opens = (stored: Buffer): boolean => !(stored[0] === 0x1f && stored[1] === 0x8b) && stored[0] !== 0x30;

async function storedFile(
  kind: FileKind,
  layout: Layout,
  plaintext: Buffer,
  recipients: readonly Recipient[],
  secret: ContentSecret,
  { random, stranger, openssl }: Hands,
): Promise<Buffer> {
  if (kind === 'openssl') return openssl(plaintext);
  if (kind === 'unknown')
    return Buffer.concat([Buffer.from(random.pick(unknownHeads), 'latin1'), random.bytes(random.below(6000))]);
  const { stored } = seal(plaintext, layout, recipients, secret);
  return kind === 'wrapped' ? wrap(random.pick(wrappers), stored, stranger) : stored;
}

interface ChangedFile {
  readonly stored: Buffer;
  readonly plaintext?: Buffer;
}

function changedFile(change: Change, made: Buffer, { random, ours }: Hands): ChangedFile {
  switch (change) {
    case 'none':
    case 'copied':
      return { stored: made };
    case 'cut':
      // At any byte, and often where a block of the cipher ends.
      return {
        stored: made.subarray(0, random.chance(0.5) ? 16 * random.below(made.length / 16) : random.below(made.length)),
      };
    case 'garbled':
      return { stored: garbled(made, random) };
    case 'exchanged': {
      // A recording that opens just as well, and is another one.
      const recipients = [{ certificate: random.pick(ours).certificate, by: 'issuer-and-serial' as const }];
      const layout = random.pick<Layout>(['detached', 'attached', 'attached-stream', 'plain']);
      const plaintext = plaintextOf(random.pick(plaintextKinds), random);
      return { stored: seal(plaintext, layout, recipients, newSecret(random)).stored, plaintext };
    }
  }
}

/** A character of Base64 that changes may stand in two bytes of what it encodes. */
const garbledPlacesAtMost = 4;
export const garbledBytesAtMost = 2 * garbledPlacesAtMost;

function garbled(made: Buffer, random: Random): Buffer {
  const changed = Buffer.from(made);
  for (let count = 1 + random.below(garbledPlacesAtMost); count > 0 && changed.length > 0; count--) {
    const at = random.below(random.chance(0.4) ? Math.min(600, changed.length) : changed.length);
    changed[at] = changed[at]! ^ (1 + random.below(255));
  }
  return changed;
}
