import { constants, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { rsaPublicKey } from '../keys/subject-key-identifier.js';
import { SoftHsmToken } from '../testing/softhsm-token.js';
import { DecryptionThreads, longestInputBytes, type DecryptionAnswer } from './decryption-threads.js';
import { loadModule } from './load-module.js';

const modulusBytes = 256;
const noHandle = Buffer.alloc(8, 0xee);

describe(DecryptionThreads.name, () => {
  const softHsm = new SoftHsmToken();
  const { library, functions } = loadModule(softHsm.modulePath);
  let slot: pkcs11.Handle;
  let sessions: pkcs11.Handle[];
  let key: pkcs11.Handle;
  let publicKey: KeyObject;
  let threads: DecryptionThreads;

  const openSession = (): pkcs11.Handle =>
    library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);

  beforeAll(() => {
    library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    slot = library.C_GetSlotList(true)[0] ?? noHandle;
    sessions = Array.from({ length: 3 }, openSession);
    const [first = noHandle] = sessions;
    library.C_Login(first, pkcs11.CKU_USER, softHsm.pin);
    const pair = library.C_GenerateKeyPair(
      first,
      { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN },
      [{ type: pkcs11.CKA_MODULUS_BITS, value: modulusBytes * 8 }],
      [
        { type: pkcs11.CKA_DECRYPT, value: true },
        { type: pkcs11.CKA_SENSITIVE, value: true },
      ],
    );
    key = pair.privateKey;
    const [modulus, exponent] = library
      .C_GetAttributeValue(first, pair.publicKey, [{ type: pkcs11.CKA_MODULUS }, { type: pkcs11.CKA_PUBLIC_EXPONENT }])
      .map(({ value }) => value);
    publicKey = rsaPublicKey(modulus ?? noHandle, exponent ?? noHandle);
    threads = new DecryptionThreads(functions, 2, 0);
  });
  afterAll(() => {
    library.C_CloseAllSessions(slot);
    library.C_Finalize();
    softHsm.remove();
  });

  const begin = (session: pkcs11.Handle, input: Buffer, withKey = key): Promise<DecryptionAnswer> =>
    new Promise(resolve => threads.begin({ session, key: withKey, mechanism: pkcs11.CKM_RSA_X_509, input }, resolve));

  /** A block, and what it is decrypted from. */
  function block(): { readonly plain: Buffer; readonly encrypted: Buffer } {
    const plain = Buffer.concat([Buffer.alloc(1), randomBytes(modulusBytes - 1)]);
    return { plain, encrypted: publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, plain) };
  }

  it('decrypts what stands in line, in the order of each session', async () => {
    const blocks = Array.from({ length: 150 }, block);
    const ended: number[] = [];
    const answers = await Promise.all(
      blocks.map(async ({ encrypted }, index) => {
        const answer = await begin(sessions[index % sessions.length] ?? noHandle, encrypted);
        ended.push(index);
        // Whose it was may do with it what they like.
        encrypted.fill(0xff);
        return answer;
      }),
    );
    expect(answers.map(({ message }) => message)).toEqual(blocks.map(({ plain }) => plain));
    expect(new Set(answers.map(({ call, code }) => `${call} ${code}`))).toEqual(new Set(['C_Decrypt 0']));
    expect(answers.every(({ seconds }) => seconds > 0 && seconds < 60)).toBe(true);
    for (let first = 0; first < sessions.length; first++) {
      const ofSession = ended.filter(index => index % sessions.length === first);
      expect(ofSession).toEqual(ofSession.toSorted((a, b) => a - b));
    }
  });

  it('takes a copy of what it is given, and leaves nothing of what it gave', async () => {
    const { plain, encrypted } = block();
    const answer = begin(sessions[0] ?? noHandle, encrypted);
    encrypted.fill(0);
    expect((await answer).message).toEqual(plain);
    await new Promise(setImmediate);
    const { answers } = threads as unknown as { readonly answers: Buffer };
    expect(answers.equals(Buffer.alloc(answers.length))).toBe(true);
  });

  it('says which call refused, and with what, and goes on in the same session', async () => {
    const [session = noHandle] = sessions;
    const { plain, encrypted } = block();
    const closed = openSession();
    library.C_CloseSession(closed);
    const answers = await Promise.all([
      begin(closed, encrypted),
      begin(session, encrypted, noHandle),
      begin(session, Buffer.alloc(modulusBytes + 1)),
      begin(session, encrypted),
    ]);
    expect(answers.map(({ call, code, message }) => [call, code, message.length])).toEqual([
      ['C_DecryptInit', pkcs11.CKR_SESSION_HANDLE_INVALID, 0],
      ['C_DecryptInit', pkcs11.CKR_OBJECT_HANDLE_INVALID, 0],
      ['C_Decrypt', pkcs11.CKR_GENERAL_ERROR, 0],
      ['C_Decrypt', pkcs11.CKR_OK, modulusBytes],
    ]);
    expect(answers[3]?.message).toEqual(plain);
  });

  it('refuses what there is no room for, and runs nothing then', async () => {
    const [session = noHandle] = sessions;
    await expect(begin(session, Buffer.alloc(longestInputBytes + 1))).rejects.toThrow('wrong arguments');
    const { encrypted, plain } = block();
    expect((await begin(session, encrypted)).message).toEqual(plain);
  });
});
