import { KeyFileProblem } from './key-file-problem.js';

/** A block of a PEM file (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  /** Whether it has header lines, as OpenSSL wrote them in front of keys that it encrypted (RFC 1421). */
  readonly hasHeaders: boolean;
  readonly der: Uint8Array<ArrayBuffer>;
}

/** Every block of a file. @throws KeyFileProblem for a file without one */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks = [...text.matchAll(/-----BEGIN ([^-\r\n]+)-----([\s\S]*?)-----END \1-----/g)].map(
    ([, label = '', body = '']): PemBlock => {
      const hasHeaders = body.includes(':');
      return { label, hasHeaders, der: hasHeaders ? new Uint8Array() : bytesOf(body) };
    },
  );
  if (blocks.length === 0) throw new KeyFileProblem('noPem');
  return blocks;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64.replace(/\s+/g, '')), character => character.charCodeAt(0));
  } catch {
    throw new KeyFileProblem('damaged');
  }
}
