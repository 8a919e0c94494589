import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { ShimToken } from './shim-token.js';

describe('a module that plays the quirks of others', () => {
  const played = new ShimToken();
  const { shim } = played;
  const library = new pkcs11.PKCS11();
  let slot: pkcs11.Handle;
  const codeOf = (call: () => unknown): unknown => {
    try {
      call();
      return 'CKR_OK';
    } catch (error) {
      return ckrOf(error);
    }
  };
  const openSession = (): pkcs11.Handle =>
    library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);

  beforeAll(() => {
    library.load(shim.modulePath);
    library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    slot = library.C_GetSlotList(true)[0]!;
  });
  beforeEach(() => shim.play());
  afterAll(() => {
    library.C_Finalize();
    played.remove();
  });

  it('is the real module when it plays nothing, and counts the calls', () => {
    shim.countAnew();
    expect(library.C_GetTokenInfo(slot).label.trim()).toBe('recordings');
    expect([shim.count('C_GetTokenInfo'), shim.count('C_Login')]).toEqual([1, 0]);
  });

  it('answers codes after and for some calls', () => {
    shim.play('fail C_GetTokenInfo 0x30 after 1 times 2');
    const answers = [1, 2, 3, 4].map(() => codeOf(() => library.C_GetTokenInfo(slot)));
    expect(answers).toEqual(['CKR_OK', 'CKR_DEVICE_ERROR', 'CKR_DEVICE_ERROR', 'CKR_OK']);
  });

  it('hides mechanisms and offers them under other numbers', () => {
    shim.play('hide 3', 'alias 0x80000143 0');
    const offered = library.C_GetMechanismList(slot);
    expect([3, 0x80000143, 0].map(mechanism => offered.includes(mechanism))).toEqual([false, true, true]);
    expect(codeOf(() => library.C_GetMechanismInfo(slot, 3))).toBe('CKR_MECHANISM_INVALID');
  });

  it('refuses attributes and classes, and pages what is found', () => {
    const session = openSession();
    library.C_Login(session, pkcs11.CKU_USER, played.softHsm.pin);
    const data = (label: string): pkcs11.Template => [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_DATA },
      { type: pkcs11.CKA_LABEL, value: label },
    ];
    shim.play('refuse-attribute C_CreateObject 3 empty 0x13', 'page 1');
    expect(codeOf(() => library.C_CreateObject(session, data('')))).toBe('CKR_ATTRIBUTE_VALUE_INVALID');
    for (const label of ['one', 'two']) library.C_CreateObject(session, data(label));
    library.C_FindObjectsInit(session, []);
    expect([1, 2, 3].map(() => library.C_FindObjects(session, 100).length)).toEqual([1, 1, 0]);
    library.C_FindObjectsFinal(session);
    shim.play('refuse-class C_CreateObject 0 0x1b');
    expect(codeOf(() => library.C_CreateObject(session, data('three')))).not.toBe('CKR_OK');
    library.C_CloseSession(session);
  });

  it('ends sessions, allows few, and none that writes', () => {
    const session = openSession();
    shim.play('forget-sessions 1');
    expect(codeOf(() => library.C_GetSessionInfo(session))).toBe('CKR_SESSION_HANDLE_INVALID');
    shim.play('forget-sessions 1', 'sessions 1');
    expect([codeOf(openSession), codeOf(openSession)]).toEqual(['CKR_OK', 'CKR_SESSION_COUNT']);
    shim.play('read-only');
    expect(codeOf(openSession)).toBe('CKR_TOKEN_WRITE_PROTECTED');
    expect(library.C_GetTokenInfo(slot).flags & pkcs11.CKF_WRITE_PROTECTED).not.toBe(0);
  });

  it('pads with zeros, sets flags, and waits until its rule is gone', () => {
    shim.play('nul-padded', 'token-flags 0x20000 0', 'stall C_GetTokenInfo 50');
    const begun = performance.now();
    const { label, flags } = library.C_GetTokenInfo(slot);
    expect(performance.now() - begun).toBeGreaterThan(45);
    expect(label.replaceAll('\0', '')).toBe('recordings');
    expect(flags & 0x20000).toBe(0x20000);
  });
});
