import { randomBytes } from 'node:crypto';
import { encryptToPublicKey, KeyAgreement, TransportKey } from './transport-key.js';

describe(TransportKey.name, () => {
  it('carries a session key from the vault to the worker that agreed it', async () => {
    const worker = await KeyAgreement.create();
    const vaultSide = await TransportKey.generate();
    const workerSide = await TransportKey.fromSecret(await worker.open(await vaultSide.agree(worker.publicKey)));
    const sessionKey = randomBytes(32);

    const jwe = vaultSide.wrap(sessionKey);

    expect(workerSide.unwrap(jwe)).toEqual(sessionKey);
    expect(JSON.parse(Buffer.from(jwe.split('.')[0]!, 'base64url').toString())).toEqual({ alg: 'dir', enc: 'A256GCM' });
  });

  it('is useless to any other worker', async () => {
    const vaultSide = await TransportKey.generate();
    const other = await TransportKey.generate();
    expect(() => other.unwrap(vaultSide.wrap(randomBytes(16)))).toThrow(
      expect.objectContaining({ code: 'RCS_INTERNAL' }) as Error,
    );
    const eavesdropper = await KeyAgreement.create();
    const worker = await KeyAgreement.create();
    await expect(eavesdropper.open(await vaultSide.agree(worker.publicKey))).rejects.toMatchObject({
      code: 'RCS_INVALID_VALUE',
    });
  });

  it('refuses a message that was changed on the way', async () => {
    const key = await TransportKey.generate();
    const parts = key.wrap(randomBytes(32)).split('.');
    const ciphertext = Buffer.from(parts[3]!, 'base64url');
    ciphertext[0]! ^= 1;
    parts[3] = ciphertext.toString('base64url');
    expect(() => key.unwrap(parts.join('.'))).toThrow(expect.objectContaining({ code: 'RCS_INTERNAL' }) as Error);
  });

  it('never prints the private part of an agreement key', async () => {
    expect(JSON.parse((await KeyAgreement.create()).publicKey)).not.toHaveProperty('d');
  });

  it.each(['{"kty":"oct","k":"AAAA"}', '{"kty":"RSA","n":"AQAB","e":"AQAB"}', 'nonsense', '{}'])(
    'refuses %s as a public key',
    async key => {
      await expect(encryptToPublicKey(key, randomBytes(32))).rejects.toMatchObject({ code: 'RCS_INVALID_VALUE' });
    },
  );
});
