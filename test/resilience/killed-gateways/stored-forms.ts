import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openssl } from '../../e2e/external-tools.js';
import { splitEnvelope } from '../../e2e/split-envelope.js';

/** How a media file is stored, which says when the store learns for whom it is: never, with its metadata, or once it is looked at. */
export interface StoredForm {
  readonly bytes: Buffer;
  readonly metadata: { readonly pkcs7?: string; readonly certAlias?: readonly string[] };
  /** Whether it is for the certificate of the demo, and maybe others. */
  readonly isForDemo: boolean;
}

/** Beside the certificate of the demo: so many others that a list of their own is kept of such recordings. */
const manyOthers = 8;

/** Media in the clear, and encrypted for one certificate, for two, and for nine. */
export async function makeStoredForms(media: Buffer, certificateFile: string, work: string): Promise<StoredForm[]> {
  const at = (name: string): string => join(work, name);
  writeFileSync(at('media.wav'), media);
  await openssl('genrsa', '-out', at('stranger.key'), '2048');
  const others = Array.from({ length: manyOthers }, (_, number) => at(`stranger-${number}.pem`));
  const request = ['req', '-x509', '-key', at('stranger.key'), '-days', '30'];
  for (const [number, file] of others.entries())
    await openssl(...request, '-subj', `/CN=stranger ${number}`, '-out', file);

  const encrypted = async (count: number): Promise<Buffer> => {
    const files = ['-in', at('media.wav'), '-outform', 'DER', '-out', at('media.der')];
    const recipients = [certificateFile, ...others.slice(0, count)];
    await openssl('cms', '-encrypt', '-binary', '-aes-256-cbc', ...files, ...recipients);
    return readFileSync(at('media.der'));
  };
  const detached = async (count: number): Promise<StoredForm> => {
    const { envelope, ciphertext } = splitEnvelope(await encrypted(count));
    return { bytes: ciphertext, metadata: { pkcs7: envelope.toString('base64') }, isForDemo: true };
  };
  return [
    { bytes: media, metadata: {}, isForDemo: false },
    await detached(0),
    { bytes: await encrypted(1), metadata: { certAlias: ['demo'] }, isForDemo: true },
    await detached(manyOthers),
  ];
}
