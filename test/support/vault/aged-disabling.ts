import { execFileSync } from 'node:child_process';
import type { SoftHsm } from './soft-hsm.js';

const script = `
const pkcs11 = require('pkcs11js');
const [modulePath, label, pin, hours] = process.argv.slice(1);
const library = new pkcs11.PKCS11();
library.load(modulePath);
library.C_Initialize();
const slot = library.C_GetSlotList(true).find(one => library.C_GetTokenInfo(one).label.trim() === label);
const session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
library.C_Login(session, pkcs11.CKU_USER, pin);
library.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_DATA }]);
const notes = library.C_FindObjects(session, 100);
library.C_FindObjectsFinal(session);
const earlier = time => new Date(Date.parse(time) - Number(hours) * 3_600_000).toISOString();
for (const note of notes) {
  const [application, name, value] = library.C_GetAttributeValue(session, note, [
    { type: pkcs11.CKA_APPLICATION },
    { type: pkcs11.CKA_LABEL },
    { type: pkcs11.CKA_VALUE },
  ]);
  const mark = JSON.parse(value.value.toString());
  const aged = { ...mark, disabledAt: earlier(mark.disabledAt), destroyableAt: earlier(mark.destroyableAt) };
  library.C_DestroyObject(session, note);
  library.C_CreateObject(session, [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_DATA },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_APPLICATION, value: application.value },
    { type: pkcs11.CKA_LABEL, value: name.value },
    { type: pkcs11.CKA_VALUE, value: Buffer.from(JSON.stringify(aged)) },
  ]);
}
console.log(notes.length);
`;

/**
 * As if all keys that are disabled had been so for longer: there is no option that shortens the delay, but who has the
 * PIN may write any time into the token.
 * @returns how many there are
 */
export function ageDisabling(softHsm: SoftHsm, hours: number, label = 'recordings'): number {
  const output = execFileSync(process.execPath, ['-e', script, softHsm.modulePath, label, softHsm.pin, String(hours)], {
    cwd: `${__dirname}/../../..`,
    encoding: 'utf8',
    env: { ...process.env, ...softHsm.environment },
  });
  return Number(output);
}
