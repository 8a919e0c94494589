import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decryptSecret, encryptSecret, EncryptedSecretError } from './encrypted-secret.js';

const masterKey = randomBytes(32);

describe(decryptSecret.name, () => {
  it('gives back what was encrypted, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), secret => {
        const wellFormed = Buffer.from(secret).toString('utf8');
        expect(decryptSecret(encryptSecret(wellFormed, masterKey), masterKey)).toBe(wellFormed);
      }),
    );
  });

  it('takes base64 with the signs + and / as well, and white space at the end', () => {
    const encrypted = encryptSecret('pa$$word', masterKey);
    const base64 = Buffer.from(encrypted.slice(6), 'base64url').toString('base64');
    expect(decryptSecret(`CRYPT:${base64}\n`, masterKey)).toBe('pa$$word');
  });

  it('refuses another key', () => {
    const encrypted = encryptSecret('pa$$word', masterKey);
    expect(() => decryptSecret(encrypted, randomBytes(32))).toThrow(EncryptedSecretError);
    expect(() => decryptSecret(encrypted, randomBytes(32))).toThrow('another master key');
  });

  it('refuses a value in which any one byte was changed', () => {
    const bytes = Buffer.from(encryptSecret('pa$$word', masterKey).slice(6), 'base64url');
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => decryptSecret(`CRYPT:${changed.toString('base64url')}`, masterKey)).toThrow(EncryptedSecretError);
    }
  });

  it.each(['CRYPT:', 'CRYPT:an03xPrxLAu9p==', 'CRYPT:***', 'CRYPT:AQ', 'plain'])('refuses %p', value => {
    expect(() => decryptSecret(value, masterKey)).toThrow('rcsctl encrypt-password');
  });
});

describe(encryptSecret.name, () => {
  it('hides the secret and never gives the same text twice', () => {
    const [first, second] = [encryptSecret('pa$$word', masterKey), encryptSecret('pa$$word', masterKey)];
    expect(first).toMatch(/^CRYPT:[\w-]+$/);
    expect(first).not.toBe(second);
    expect(Buffer.from(first.slice(6), 'base64url').includes('pa$$word')).toBe(false);
  });
});
