import { randomUUID } from 'node:crypto';
import type { HawkCredential } from '../local-key-manager/hawk-credential.js';
import type { LocalKeyManagerStore } from '../local-key-manager/local-key-manager-store.js';
import type { LoggedRequest } from '../local-key-manager/logged-request.js';

const credential: HawkCredential = {
  id: 'genesys-cloud',
  encryptedKey: 'CRYPT:first',
  createdAt: '2026-01-02T03:04:05.678Z',
  createdBy: 'alice',
};
const inviteUntil = (tokenHash: string, expiresAt: string) => ({ tokenHash, expiresAt, createdBy: 'alice' });

/** What every LocalKeyManagerStore must do. `open` gives an empty one for each test. */
export function localKeyManagerStoreContract(open: () => LocalKeyManagerStore): void {
  describe('LocalKeyManagerStore contract', () => {
    it('registers an id once, and never again after its revocation', async () => {
      const store = open();
      expect(await store.register({ credential })).toBe('created');
      expect(await store.register({ credential: { ...credential, encryptedKey: 'CRYPT:other' } })).toBe('exists');
      expect(await store.credential(credential.id)).toEqual(credential);
      const revoked = { ...credential, revokedAt: '2026-01-03T00:00:00.000Z', revokedBy: 'bob' };
      expect(await store.revoke({ id: credential.id, at: revoked.revokedAt, by: 'bob' })).toEqual(revoked);
      expect(await store.register({ credential })).toBe('exists');
      expect(await store.credentials()).toEqual([revoked]);
      expect(await store.credential('unknown')).toBeUndefined();
    });

    it('uses an invitation up with the registration that succeeds, and with no other', async () => {
      const store = open();
      const id = (name: string) => ({ credential: { ...credential, id: name }, invitation: 'hash' });
      await store.register({ credential });
      expect(await store.register(id('uninvited'))).toBe('invitation-invalid');
      await store.invite(inviteUntil('hash', '9999-01-01T00:00:00.000Z'));
      expect(await store.register(id(credential.id))).toBe('exists');
      expect(await store.register(id('invited'))).toBe('created');
      expect(await store.register(id('invited too'))).toBe('invitation-invalid');
    });

    it('lets nobody in with an expired invitation', async () => {
      const store = open();
      await store.invite(inviteUntil('hash', credential.createdAt));
      expect(await store.register({ credential, invitation: 'hash' })).toBe('invitation-invalid');
    });

    it('keeps the key of before a rotation as long as it is told, and no longer than the next rotation', async () => {
      const store = open();
      await store.register({ credential });
      const first = { id: credential.id, encryptedKey: 'CRYPT:second', at: '2026-01-03T00:00:00.000Z' };
      const validUntil = '2026-01-04T00:00:00.000Z';
      expect(await store.rotate({ ...first, previousValidUntil: validUntil })).toEqual({
        ...credential,
        encryptedKey: 'CRYPT:second',
        rotatedAt: first.at,
        previous: { encryptedKey: 'CRYPT:first', validUntil },
      });
      const second = { ...first, encryptedKey: 'CRYPT:third' };
      expect(await store.rotate(second)).toEqual({ ...credential, encryptedKey: 'CRYPT:third', rotatedAt: first.at });
      expect(await store.rotate({ ...second, id: 'unknown' })).toBeUndefined();
    });

    it('neither rotates nor revokes a revoked credential', async () => {
      const store = open();
      await store.register({ credential });
      const at = '2026-01-03T00:00:00.000Z';
      await store.revoke({ id: credential.id, at, by: 'bob' });
      expect(await store.revoke({ id: credential.id, at, by: 'carol' })).toBeUndefined();
      expect(await store.rotate({ id: credential.id, encryptedKey: 'CRYPT:second', at })).toBeUndefined();
    });

    it('keeps the first key pair of an id and lists the oldest first', async () => {
      const store = open();
      const [older, newer] = [1000, 2000].map(dateCreated => ({
        id: randomUUID(),
        keyIdentifier: 'aa',
        publicKey: 'AA==',
        dateCreated,
      })) as [Parameters<LocalKeyManagerStore['addKeyPair']>[0], Parameters<LocalKeyManagerStore['addKeyPair']>[0]];
      await store.addKeyPair(newer);
      await store.addKeyPair(older);
      expect(await store.addKeyPair({ ...older, dateCreated: 3000 })).toEqual(older);
      expect(await store.keyPairs()).toEqual([older, newer]);
      expect(await store.keyPair(newer.id)).toEqual(newer);
      expect(await store.keyPair('unknown')).toBeUndefined();
    });

    it('lists logged requests by time, the newest first, and forgets the oldest beyond the limit', async () => {
      const store = open();
      const requests = Array.from({ length: 6 }, (_, time): LoggedRequest => ({
        id: randomUUID(),
        userId: 'NO-USER-ID',
        requestUri: '/key-management/v1/keypair',
        requestMethod: 'GET',
        time,
      }));
      for (const request of requests) await store.logRequest(request, 4);
      const all = { maxEntries: 100, earliest: 0, latest: 100 };
      expect((await store.loggedRequests(all)).map(({ time }) => time)).toEqual([5, 4, 3, 2]);
      expect(await store.loggedRequests({ maxEntries: 1, earliest: 3, latest: 4 })).toEqual([requests[4]]);
      await store.clearRequestLog();
      expect(await store.loggedRequests(all)).toEqual([]);
    });
  });
}
