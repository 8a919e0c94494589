import * as pkcs11 from 'pkcs11js';
import type { KeyEntry } from '#contracts';
import { recordCall } from '../../support/vault/recorded-call.js';
import type { VaultTestBed } from '../../support/vault/vault-test-bed.js';
import { perSecond } from './per-second.js';

/** The token of a vault in this process, with nothing around it. */
export class BareToken {
  private constructor(
    private readonly library: pkcs11.PKCS11,
    private readonly pin: string,
  ) {}

  /** SoftHSM finds the keys that are there now: nothing that other processes make later. */
  static open({ softHsm }: VaultTestBed): BareToken {
    Object.assign(process.env, softHsm.environment);
    const library = new pkcs11.PKCS11();
    library.load(softHsm.modulePath);
    library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    return new BareToken(library, softHsm.pin);
  }

  /** With one call of C_DecryptAsync in flight in each session. */
  async decryptionsPerSecond(key: KeyEntry, count: number, sessions: number): Promise<number> {
    const { library, pin } = this;
    const slot = library
      .C_GetSlotList(true)
      .find(candidate => library.C_GetTokenInfo(candidate).label.trim() === 'recordings');
    if (slot === undefined) throw new Error('the token is gone');
    const opened = Array.from({ length: sessions }, () => library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION));
    const [first] = opened;
    if (first === undefined) throw new Error('no session');
    library.C_Login(first, pkcs11.CKU_USER, pin);
    const handle = this.find(first, key);
    const { encryptedKey } = recordCall(key);
    try {
      return await perSecond(count, sessions, async (_, lane) => {
        const session = opened[lane] ?? first;
        library.C_DecryptInit(session, { mechanism: pkcs11.CKM_RSA_X_509 }, handle);
        await library.C_DecryptAsync(session, encryptedKey, Buffer.alloc(encryptedKey.length));
      });
    } finally {
      library.C_CloseAllSessions(slot);
    }
  }

  private find(session: pkcs11.Handle, key: KeyEntry): pkcs11.Handle {
    this.library.C_FindObjectsInit(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_ID, value: Buffer.from(key.keyIdentifier, 'hex') },
    ]);
    const [handle] = this.library.C_FindObjects(session, 1);
    this.library.C_FindObjectsFinal(session);
    if (handle === undefined) throw new Error('the key is gone');
    return handle;
  }
}
