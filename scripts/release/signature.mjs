/**
 * Signatures of a release: ECDSA over P-256 with SHA-256, base64 of the DER form, which `openssl dgst -verify` and `cosign verify-blob`
 * check. On images and charts they have the form of cosign ("simple signing", kept under the tag sha256-DIGEST.sig).
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mediaTypes } from './oci-layout.mjs';

/** Reads the private key (PEM). @throws Error naming the file when it is none, or of another kind. */
export function readSigningKey(file, passphrase) {
  let key;
  try {
    key = createPrivateKey({ key: readFileSync(file), passphrase });
  } catch (error) {
    throw new Error(`--key ${file}: ${error.message}`, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error(`--key ${file}: an EC key on P-256 is needed (openssl ecparam -genkey -name prime256v1)`);
  return key;
}

export const publicKeyOf = key => createPublicKey(key).export({ type: 'spki', format: 'pem' });

export const signatureOf = (key, bytes) => sign('sha256', Buffer.from(bytes), key).toString('base64');

/** Signs a manifest of a layout; the signature lies in the same layout, beside it. */
export function signManifest(layout, key, repository, { digest }) {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const signed = { annotations: { 'dev.cosignproject.cosign/signature': signatureOf(key, payload) } };
  const layer = layout.addBlob(mediaTypes.cosignPayload, payload, signed);
  const config = { architecture: '', os: '', config: {}, rootfs: { type: 'layers', diff_ids: [layer.digest] } };
  return layout.addManifest(`${digest.replace(':', '-')}.sig`, {
    config: layout.addBlob(mediaTypes.imageConfig, JSON.stringify(config)),
    layers: [layer],
  });
}
