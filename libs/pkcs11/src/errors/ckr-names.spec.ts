import { ckrName, ckrOf } from './ckr-names.js';

describe(ckrName.name, () => {
  it.each([
    [0, 'CKR_OK'],
    [5, 'CKR_GENERAL_ERROR'],
    [0xa4, 'CKR_PIN_LOCKED'],
    [0x202, 'CKR_OPERATION_CANCEL_FAILED'],
    [0x80000001, 'CKR_0x80000001'],
  ])('calls %i %s', (value, name) => expect(ckrName(value)).toBe(name));
});

describe(ckrOf.name, () => {
  it('finds the value in the code and in the message, and in nothing else', () => {
    expect(ckrOf(Object.assign(new Error('CKR_DEVICE_ERROR'), { code: 0x30 }))).toBe('CKR_DEVICE_ERROR');
    expect(ckrOf(new Error('CKR_GENERAL_ERROR:5'))).toBe('CKR_GENERAL_ERROR');
    expect(ckrOf(new Error('CKR_VENDOR_DEFINED:2147483649'))).toBe('CKR_0x80000001');
    expect(ckrOf(Object.assign(new Error('missing'), { code: 'ENOENT' }))).toBeUndefined();
    expect(ckrOf('CKR_GENERAL_ERROR:5')).toBeUndefined();
  });
});
