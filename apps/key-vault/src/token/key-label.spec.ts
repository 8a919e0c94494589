import { formatKeyLabel, parseKeyLabel } from './key-label.js';

describe('key labels', () => {
  it.each([
    { purpose: 'RECORDING', contactCenter: '9350', alias: 'rcs' },
    { purpose: 'LOCAL_KEY_MANAGER', contactCenter: '9350', alias: 'b0a3' },
    { purpose: 'RECORDING', contactCenter: 'local-key-manager', alias: 'rcs' },
    { purpose: 'LOCAL_KEY_MANAGER', contactCenter: 'local-key-manager', alias: 'local-key-manager' },
  ] as const)('come back as they were written: %p', label => {
    expect(parseKeyLabel(formatKeyLabel(label))).toEqual(label);
  });

  it('of other tools are aliases without a contact center', () => {
    expect(parseKeyLabel('my key')).toEqual({ purpose: 'RECORDING', contactCenter: '', alias: 'my key' });
    expect(parseKeyLabel('')).toEqual({ purpose: 'RECORDING', contactCenter: '', alias: '' });
  });

  it('make no key of the local key manager out of others', () => {
    expect(parseKeyLabel('local-key-manager/a/b/c').purpose).toBe('RECORDING');
    expect(parseKeyLabel('local-key-manager/a').purpose).toBe('RECORDING');
  });
});
