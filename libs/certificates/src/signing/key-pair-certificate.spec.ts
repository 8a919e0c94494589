import { generateKeyPairSync } from 'node:crypto';
import { createKeyPairCertificate, keyPairCreated } from './key-pair-certificate.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pair = {
  id: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  publicKey,
  pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
};

describe(keyPairCreated.name, () => {
  it('is the time that the certificate was made with, to the millisecond', async () => {
    for (const dateCreated of [0, 1_566_302_400_123, Date.now()]) {
      expect(keyPairCreated(await createKeyPairCertificate({ ...pair, dateCreated }))).toBe(dateCreated);
    }
  });

  it('is unknown where nobody said it, and without a certificate', async () => {
    expect(keyPairCreated(await createKeyPairCertificate({ ...pair, dateCreated: undefined }))).toBeUndefined();
    expect(keyPairCreated('')).toBeUndefined();
  });
});
