import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { ecdsaSigValue, fixedSignature } from './ecdsa-signature.js';

describe('the two forms of an ECDSA signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = Buffer.from('who may listen');
  const dsaEncoding = 'ieee-p1363';

  it('say the same, with numbers of every length that 1,000 signatures have', () => {
    const lengths = new Set<number>();
    for (let count = 0; count < 1000; count++) {
      const sigValue = sign('sha256', content, privateKey);
      lengths.add(sigValue.length);
      const fixed = fixedSignature(sigValue);
      expect(verify('sha256', content, { key: publicKey, dsaEncoding }, fixed)).toBe(true);
      expect(ecdsaSigValue(fixed)).toEqual(sigValue);
    }
    expect(lengths.size).toBeGreaterThan(2);
  });

  it('keep zeros: no signature', () => {
    const none = ecdsaSigValue(Buffer.alloc(64));
    expect(none.toString('hex')).toBe('3006020100020100');
    expect(verify('sha256', content, publicKey, none)).toBe(false);
  });
});
