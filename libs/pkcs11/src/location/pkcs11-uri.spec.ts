import { TokenError } from '../errors/token-error.js';
import { parsePkcs11Uri } from './pkcs11-uri.js';

describe(parsePkcs11Uri.name, () => {
  it('reads what selects a token, percent-encoded or not', () => {
    const uri =
      'pkcs11:token=My%20recordings;manufacturer=SoftHSM%20project;model=SoftHSM%20v2;serial=00ff;slot-id=7' +
      '?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/secrets/pin';
    expect(parsePkcs11Uri(uri)).toEqual({
      modulePath: '/usr/lib/softhsm/libsofthsm2.so',
      token: 'My recordings',
      manufacturer: 'SoftHSM project',
      model: 'SoftHSM v2',
      serial: '00ff',
      slotId: 7,
      pinSource: 'file:/run/secrets/pin',
    });
  });

  it.each([
    ['softhsm:token=a?module-path=/m.so', 'pkcs11:'],
    ['pkcs11:token=a', 'module-path'],
    ['pkcs11:token=a?module-path=', 'module-path'],
    ['pkcs11:?module-path=/m.so', 'names no token'],
    ['pkcs11:model=a?module-path=/m.so', 'names no token'],
    ['pkcs11:slot-id=x?module-path=/m.so', 'slot-id'],
    ['pkcs11:token=a;token=b?module-path=/m.so', 'twice'],
    ['pkcs11:token=a;object=b?module-path=/m.so', 'object is not used here: leave it out: the URI names a token'],
    ['pkcs11:token=a;type=private?module-path=/m.so', 'type is not used here: leave it out: the URI names a token'],
    ['pkcs11:token=a;id=%01?module-path=/m.so', 'id is not used here: leave it out: the URI names a token'],
    ['pkcs11:token=a?module-name=softhsm2', 'module-name is not used here: give the file of the module instead'],
    ['pkcs11:token=a;module-path=/m.so', 'module-path is not used here: write it after the question mark'],
    ['pkcs11:?module-path=/m.so&token=a', 'token is not used here: write it before the question mark'],
    ['pkcs11:token=a;x-vendor=b?module-path=/m.so', 'x-vendor is not used here: leave it out'],
    ['pkcs11:token=%ff?module-path=/m.so', 'percent-encoded'],
    ['pkcs11:token=a;=?module-path=/m.so', 'name=value'],
  ])('refuses %s, naming %s', (uri, reason) => {
    expect(() => parsePkcs11Uri(uri)).toThrow(reason);
    expect(() => parsePkcs11Uri(uri)).toThrow(TokenError);
  });

  it('never repeats a PIN that should not have been there', () => {
    for (const pin of ['pin-value=1234567', '1234567']) {
      expect(() => parsePkcs11Uri(`pkcs11:token=a?module-path=/m.so&${pin}`)).toThrow(/^((?!1234567).)*$/);
    }
  });
});
