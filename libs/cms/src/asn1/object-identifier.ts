import { encodeElement } from './der-encoder.js';
import { Tag } from './element-header.js';

/** Content octets of an OBJECT IDENTIFIER, from its dotted form (X.690, 8.19). */
export function encodeObjectIdentifierContent(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest].flatMap(toBase128));
}

export function encodeObjectIdentifier(dotted: string): Buffer {
  return encodeElement(Tag.objectIdentifier, encodeObjectIdentifierContent(dotted));
}

/** Dotted form for people, of whatever content octets were found; `?` where they are no object identifier. */
export function formatObjectIdentifier(content: Buffer): string {
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content.subarray(0, maximumOctets)) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [joined, ...rest] = arcs;
  if (joined === undefined || content.length > maximumOctets) return '?';
  const first = joined < 40n ? 0n : joined < 80n ? 1n : 2n;
  return [first, joined - first * 40n, ...rest].join('.');
}

/** Whether these octets are an object identifier: every arc ends, and begins with no zero digit (X.690, 8.19.2). */
export function isObjectIdentifierContent(content: Buffer): boolean {
  const beginsWithZero = (octet: number, at: number): boolean =>
    octet === 0x80 && (at === 0 || (content[at - 1] ?? 0) < 0x80);
  return (content.at(-1) ?? 0x80) < 0x80 && !content.some(beginsWithZero);
}

const maximumOctets = 64;

function toBase128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80);
  return digits;
}

/** A look-up table from object identifier to meaning that is searched by content octets. */
export class ObjectIdentifierTable<Meaning> {
  private readonly meanings = new Map<string, Meaning>();

  constructor(entries: Readonly<Record<string, Meaning>>) {
    for (const [dotted, meaning] of Object.entries(entries)) {
      this.meanings.set(encodeObjectIdentifierContent(dotted).toString('latin1'), meaning);
    }
  }

  get(content: Buffer): Meaning | undefined {
    return this.meanings.get(content.toString('latin1'));
  }
}
