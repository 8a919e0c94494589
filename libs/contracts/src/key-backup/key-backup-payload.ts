import { descriptionLines, type KeyBackupDescription } from './key-backup-file.js';

const begin = '-----BEGIN PRIVATE KEY-----\n';
const end = '-----END PRIVATE KEY-----\n';
/** 48 octets give a line of 64 digits (RFC 7468, 2). */
const octetsPerLine = 48;
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const padding = '='.charCodeAt(0);
const lineFeed = '\n'.charCodeAt(0);

/**
 * What is encrypted in a backup: the description, the private key and its certificate as PEM, so that whoever opens it
 * with openssl has a file that every other program reads. The caller overwrites the result; no string of it exists.
 * @param pkcs8 PrivateKeyInfo, DER.
 */
export function encodeKeyBackupPayload(
  description: KeyBackupDescription,
  certificatePem: string,
  pkcs8: Buffer,
): Buffer {
  const head = Buffer.from(`${descriptionLines(description).join('\n')}\n${begin}`);
  const tail = Buffer.from(`${end}${certificatePem}`);
  const body = base64Lines(pkcs8);
  try {
    return Buffer.concat([head, body, tail]);
  } finally {
    body.fill(0);
  }
}

function base64Lines(octets: Buffer): Buffer {
  const lines = Math.ceil(octets.length / octetsPerLine);
  const text = Buffer.alloc(Math.ceil(octets.length / 3) * 4 + lines);
  let position = 0;
  for (let at = 0; at < octets.length; at += 3) {
    const group = octets.subarray(at, at + 3);
    const bits = ((group[0] ?? 0) << 16) | ((group[1] ?? 0) << 8) | (group[2] ?? 0);
    for (let digit = 0; digit < 4; digit++) {
      const shown = digit <= group.length;
      text[position++] = shown ? (alphabet[(bits >> (18 - 6 * digit)) & 0x3f] ?? 0) : padding;
    }
    if ((at + 3) % octetsPerLine === 0 || at + 3 >= octets.length) text[position++] = lineFeed;
  }
  return text;
}
