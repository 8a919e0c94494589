import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fromBER } from 'asn1js';
import { Certificate, ContentInfo, EnvelopedData } from 'pkijs';

/** Beyond what its parser allows by itself. */
const limits = { maxContentLength: 2 ** 31 };

/** `node decrypt-with-pkijs.js ENCRYPTED KEY OUTPUT CERTIFICATE`, as its documentation shows it. */
async function main([encrypted = '', key = '', output = '', certificate = '']: readonly string[]): Promise<void> {
  const { buffer, byteOffset, byteLength } = readFileSync(encrypted);
  const contentInfo = new ContentInfo({
    schema: fromBER(buffer.slice(byteOffset, byteOffset + byteLength), limits).result,
  });
  const envelopedData = new EnvelopedData({ schema: contentInfo.content });
  const plaintext = await envelopedData.decrypt(0, {
    recipientCertificate: Certificate.fromBER(new X509Certificate(readFileSync(certificate)).raw),
    recipientPrivateKey: createPrivateKey(readFileSync(key)).export({ type: 'pkcs8', format: 'der' }),
  });
  writeFileSync(output, Buffer.from(plaintext));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
