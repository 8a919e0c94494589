import { actsFor } from './certificate-acts.js';

const acts = (status: string, presence: string) =>
  actsFor({ status, keyDetails: { presence } } as unknown as Parameters<typeof actsFor>[0]);

describe('what may be done with a certificate', () => {
  it.each([
    ['valid', 'present', ['assign', 'renew', 'rewrap', 'delete']],
    ['expired', 'present', ['renew', 'rewrap', 'delete']],
    ['decrypt-only', 'present', ['renew', 'rewrap', 'delete']],
    ['deleted', 'present', ['removeKey']],
    ['deleted', 'disabled', ['restoreKey']],
    ['deleted', 'missing', []],
  ])('%s, and its key is %s', (status, presence, expected) => {
    expect(acts(status, presence)).toEqual(expected);
  });
});
