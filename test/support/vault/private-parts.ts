import { execFileSync } from 'node:child_process';
import type { SoftHsm } from './soft-hsm.js';

/** What a stranger with the PIN sees of a private key: an error name for each private attribute, and for wrapping it. */
export interface PrivateParts {
  readonly label: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly wrapping: string;
}

const script = `
const pkcs11 = require('pkcs11js');
const [modulePath, label, pin] = process.argv.slice(1);
const library = new pkcs11.PKCS11();
library.load(modulePath);
library.C_Initialize();
const slot = library.C_GetSlotList(true).find(one => library.C_GetTokenInfo(one).label.trim() === label);
const session = library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
library.C_Login(session, pkcs11.CKU_USER, pin);
const outcome = work => {
  try {
    const value = work();
    return value.length === 0 ? 'empty' : 'READABLE';
  } catch (error) {
    return /CKR_[A-Z_]+/.exec(error.message)?.[0] ?? error.message;
  }
};
library.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY }]);
const keys = library.C_FindObjects(session, 100);
library.C_FindObjectsFinal(session);
const wrappingKey = library.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
  { type: pkcs11.CKA_VALUE_LEN, value: 32 },
  { type: pkcs11.CKA_WRAP, value: true },
]);
const names = ['PRIVATE_EXPONENT', 'PRIME_1', 'PRIME_2', 'EXPONENT_1', 'EXPONENT_2', 'COEFFICIENT'];
console.log(JSON.stringify(keys.map(key => ({
  label: library.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_LABEL }])[0].value.toString(),
  attributes: Object.fromEntries(names.map(name => [
    name,
    outcome(() => library.C_GetAttributeValue(session, key, [{ type: pkcs11['CKA_' + name] }])[0].value),
  ])),
  wrapping: outcome(() =>
    library.C_WrapKey(session, { mechanism: pkcs11.CKM_AES_KEY_WRAP_PAD }, wrappingKey, key, Buffer.alloc(8192))),
}))));
`;

/** Tries to read every private key of a token in a process of its own. */
export function readPrivateParts(softHsm: SoftHsm, label: string): PrivateParts[] {
  const output = execFileSync(process.execPath, ['-e', script, softHsm.modulePath, label, softHsm.pin], {
    cwd: `${__dirname}/../../..`,
    encoding: 'utf8',
    env: { ...process.env, ...softHsm.environment },
  });
  return JSON.parse(output) as PrivateParts[];
}
