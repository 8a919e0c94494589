import { setFlagsFromString } from 'node:v8';
import { digitsOf } from './base64-digits.js';

describe(digitsOf.name, () => {
  it('takes blanks without end where V8 optimises no more patterns, as in a process that has compiled many', () => {
    setFlagsFromString('--no-regexp-optimization');
    try {
      const blanks = ' '.repeat(4 * 1024 * 1024);
      expect(digitsOf(`AAAA${blanks}BBBB`, { kind: 'base64', bodyOffset: 0 })).toBe('AAAABBBB');
    } finally {
      setFlagsFromString('--regexp-optimization');
    }
  });
});
