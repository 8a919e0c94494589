import { hashPassword, verifyPassword } from './password-hash.js';

describe(hashPassword.name, () => {
  it('makes an argon2id hash with the parameters of OWASP, salted', async () => {
    const hashes = await Promise.all([hashPassword('open sesame'), hashPassword('open sesame')]);
    expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});

describe(verifyPassword.name, () => {
  it('knows the password, in any script, and no other', async () => {
    const hash = await hashPassword('пароль €');
    expect(await verifyPassword(hash, 'пароль €')).toBe(true);
    expect(await verifyPassword(hash, 'пароль')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  it.each(['', 'open sesame', '$argon2id$', '$2b$10$abcdefghijklmnopqrstuv'])('takes %p for no hash', async hash => {
    expect(await verifyPassword(hash, 'open sesame')).toBe(false);
    expect(await verifyPassword(hash, hash)).toBe(false);
  });
});
