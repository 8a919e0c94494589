import { randomUUID } from 'node:crypto';
import type { HawkCredential } from '../local-key-manager/hawk-credential.js';
import type { LocalKeyManagerStore } from '../local-key-manager/local-key-manager-store.js';
import type { LocalKeyPair } from '../local-key-manager/local-key-pair.js';
import type { LoggedRequest } from '../local-key-manager/logged-request.js';
import { storeContract } from './store-contract.js';

const owner = 'cc-a';
const neighbour = 'cc-b';
const credential: HawkCredential = {
  id: 'genesys-cloud',
  contactCenter: owner,
  encryptedKey: 'CRYPT:first',
  createdAt: '2026-01-02T03:04:05.678Z',
  createdBy: 'alice',
};
const ownerless = ({ id, encryptedKey, createdAt, createdBy }: HawkCredential): HawkCredential => ({
  ...{ id, encryptedKey, createdAt, createdBy },
});
const inviteUntil = (tokenHash: string, expiresAt: string) => ({
  ...{ tokenHash, expiresAt },
  ...{ contactCenter: owner, createdBy: 'alice' },
});
const keyPairOf = (
  contactCenter: string | undefined,
  dateCreated: number,
  id: string = randomUUID(),
): LocalKeyPair => ({
  ...{ id, keyIdentifier: 'aa', publicKey: 'AA==', dateCreated },
  ...(contactCenter === undefined ? {} : { contactCenter, labelled: true }),
});
const requestAt = (time: number): LoggedRequest => ({
  id: randomUUID(),
  userId: 'NO-USER-ID',
  requestUri: '/key-management/v1/keypair',
  requestMethod: 'GET',
  time,
});
const everyRequest = { maxEntries: 100, earliest: 0, latest: 100 };

/** What every LocalKeyManagerStore must do. */
export const contract = storeContract('localKeyManager', open => {
  describe('LocalKeyManagerStore contract', () => {
    let store: LocalKeyManagerStore;
    beforeEach(() => {
      store = open().localKeyManager;
    });

    it('registers an id once, and never again after its revocation', async () => {
      expect(await store.register({ credential })).toEqual(credential);
      expect(await store.register({ credential: { ...credential, encryptedKey: 'CRYPT:other' } })).toBe('exists');
      expect(await store.credentialsOfId(credential.id)).toEqual([credential]);
      const revoked = { ...credential, revokedAt: '2026-01-03T00:00:00.000Z', revokedBy: 'bob' };
      expect(await store.revoke({ id: credential.id, owner, at: revoked.revokedAt, by: 'bob' })).toEqual(revoked);
      expect(await store.register({ credential })).toBe('exists');
      expect(await store.credentials({ owner })).toEqual([revoked]);
      expect(await store.credentialsOfId('unknown')).toEqual([]);
    });

    it('uses an invitation up with the registration that succeeds, and with no other', async () => {
      const id = (name: string) => ({ credential: { ...ownerless(credential), id: name }, invitation: 'hash' });
      await store.register({ credential });
      expect(await store.register(id('uninvited'))).toBe('invitation-invalid');
      expect(await store.register(id(credential.id))).toBe('invitation-invalid');
      await store.invite(inviteUntil('hash', '9999-01-01T00:00:00.000Z'));
      expect(await store.register(id(credential.id))).toBe('exists');
      expect(await store.register(id('invited'))).toEqual({ ...credential, id: 'invited' });
      expect(await store.register(id('invited too'))).toBe('invitation-invalid');
    });

    it('registers for the contact center that invited, whatever is asked for', async () => {
      await store.invite(inviteUntil('hash', '9999-01-01T00:00:00.000Z'));
      const asked = { credential: { ...credential, contactCenter: neighbour }, invitation: 'hash' };
      expect(await store.register(asked)).toEqual(credential);
      expect(await store.credentials({ owner: neighbour })).toEqual([]);
    });

    it('lets nobody in with an expired invitation', async () => {
      await store.invite(inviteUntil('hash', credential.createdAt));
      expect(await store.register({ credential, invitation: 'hash' })).toBe('invitation-invalid');
    });

    it('keeps the key of before a rotation as long as it is told, and no longer than the next rotation', async () => {
      await store.register({ credential });
      const first = { id: credential.id, owner, encryptedKey: 'CRYPT:second', at: '2026-01-03T00:00:00.000Z' };
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
      await store.register({ credential });
      const at = '2026-01-03T00:00:00.000Z';
      await store.revoke({ id: credential.id, owner, at, by: 'bob' });
      expect(await store.revoke({ id: credential.id, owner, at, by: 'carol' })).toBeUndefined();
      expect(await store.rotate({ id: credential.id, owner, encryptedKey: 'CRYPT:second', at })).toBeUndefined();
    });

    it('keeps the first key pair of an id and lists the oldest first', async () => {
      const [older, newer] = [keyPairOf(owner, 1000), keyPairOf(owner, 2000)];
      await store.addKeyPair(newer);
      await store.addKeyPair(older);
      expect(await store.addKeyPair({ ...older, dateCreated: 3000 })).toEqual(older);
      expect(await store.keyPairs({ owner })).toEqual([older, newer]);
      expect(await store.keyPair(newer.id, owner)).toEqual(newer);
      expect(await store.keyPair('unknown', owner)).toBeUndefined();
    });

    it('lists logged requests by time, the newest first, and forgets the oldest beyond the limit', async () => {
      const requests = Array.from({ length: 6 }, (_, time) => requestAt(time));
      for (const request of requests) await store.logRequest(request, owner, 4);
      expect((await store.loggedRequests(everyRequest, owner)).map(({ time }) => time)).toEqual([5, 4, 3, 2]);
      expect(await store.loggedRequests({ maxEntries: 1, earliest: 3, latest: 4 }, owner)).toEqual([requests[4]]);
      await store.clearRequestLog(owner);
      expect(await store.loggedRequests(everyRequest, owner)).toEqual([]);
    });

    describe.each([
      ['another contact center', neighbour],
      ['what belongs to nobody', undefined],
    ])('of %s', (_, other) => {
      const at = '2026-01-03T00:00:00.000Z';
      const sameId = {
        ...ownerless(credential),
        encryptedKey: 'CRYPT:of the other',
        ...(other === undefined ? {} : { contactCenter: other }),
      };

      it('no credential is shown or changed, whoever registered the id first', async () => {
        await store.register({ credential });
        expect(await store.credentials({ owner: other })).toEqual([]);
        expect(await store.rotate({ id: credential.id, owner: other, encryptedKey: 'CRYPT:x', at })).toBeUndefined();
        expect(await store.revoke({ id: credential.id, owner: other, at, by: 'dave' })).toBeUndefined();
        expect(await store.register({ credential: sameId })).toEqual(sameId);
        await store.revoke({ id: credential.id, owner: other, at, by: 'dave' });
        expect(await store.credentials({ owner })).toEqual([credential]);
        expect(await store.credentials({ owner: other })).toEqual([{ ...sameId, revokedAt: at, revokedBy: 'dave' }]);
        expect(await store.credentials('everything')).toHaveLength(2);
        expect(await store.credentialsOfId(credential.id)).toHaveLength(2);
      });

      it('no key pair is shown or taken for one of the same id', async () => {
        const own = await store.addKeyPair(keyPairOf(owner, 1000));
        expect(await store.keyPair(own.id, other)).toBeUndefined();
        expect(await store.keyPairs({ owner: other })).toEqual([]);
        const theirs = keyPairOf(other, 2000, own.id);
        expect(await store.addKeyPair(theirs)).toEqual(theirs);
        expect(await store.keyPair(own.id, other)).toEqual(theirs);
        expect(await store.keyPair(own.id, owner)).toEqual(own);
        expect(await store.keyPairs('everything')).toEqual([own, theirs]);
      });

      it('no line of the request log is shown, cleared or pushed out', async () => {
        await store.logRequest(requestAt(1), owner, 2);
        for (let time = 10; time < 20; time++) await store.logRequest(requestAt(time), other, 2);
        expect((await store.loggedRequests(everyRequest, owner)).map(({ time }) => time)).toEqual([1]);
        expect((await store.loggedRequests(everyRequest, other)).map(({ time }) => time)).toEqual([19, 18]);
        await store.clearRequestLog(other);
        expect(await store.loggedRequests(everyRequest, owner)).toHaveLength(1);
      });
    });

    describe('what belongs to no contact center', () => {
      const [old, older] = [ownerless(credential), { ...ownerless(credential), id: 'another-caller' }];
      const [pair, otherPair] = [keyPairOf(undefined, 1000), keyPairOf(undefined, 2000)];
      beforeEach(async () => {
        for (const one of [old, older]) await store.register({ credential: one });
        for (const one of [pair, otherPair]) await store.addKeyPair(one);
        await store.logRequest(requestAt(1), undefined, 10);
      });

      it('is given to a contact center one by one', async () => {
        const only = { credentials: [old.id, 'unknown'], keyPairs: [pair.id] };
        expect(await store.assign({ contactCenter: owner, only })).toEqual({
          credentials: [old.id],
          keyPairs: [pair.id],
          refused: { credentials: ['unknown'], keyPairs: [] },
        });
        expect(await store.credentials({ owner })).toEqual([credential]);
        expect(await store.keyPairs({ owner })).toEqual([{ ...pair, contactCenter: owner }]);
        expect(await store.credentials({ owner: undefined })).toEqual([older]);
        expect(await store.keyPairs({ owner: undefined })).toEqual([otherPair]);
        expect(await store.loggedRequests(everyRequest, undefined)).toHaveLength(1);
      });

      it('is given to it as a whole, with the request log', async () => {
        await store.logRequest(requestAt(2), owner, 10);
        await store.assign({ contactCenter: owner });
        expect(await store.credentials({ owner: undefined })).toEqual([]);
        expect(await store.keyPairs({ owner })).toHaveLength(2);
        expect((await store.loggedRequests(everyRequest, owner)).map(({ time }) => time)).toEqual([2, 1]);
        await store.logRequest(requestAt(3), owner, 2);
        expect((await store.loggedRequests(everyRequest, owner)).map(({ time }) => time)).toEqual([3, 2]);
      });

      it('is never taken from another contact center, nor over one of the same id', async () => {
        await store.assign({ contactCenter: neighbour, only: { credentials: [older.id], keyPairs: [pair.id] } });
        await store.register({ credential });
        const only = { credentials: [old.id, older.id], keyPairs: [pair.id] };
        expect(await store.assign({ contactCenter: owner, only })).toEqual({
          credentials: [],
          keyPairs: [],
          refused: only,
        });
        expect(await store.credentials({ owner: undefined })).toEqual([old]);
        expect(await store.keyPairs({ owner: neighbour })).toEqual([{ ...pair, contactCenter: neighbour }]);
      });

      it('belongs to the contact center where there is one, and to nobody where there are none or several', async () => {
        const { contactCenters } = open();
        expect(await store.assignToOnlyContactCenter()).toBeUndefined();
        await contactCenters.put({ id: owner, name: 'A' });
        expect(await store.assignToOnlyContactCenter()).toEqual({
          contactCenter: owner,
          credentials: [older.id, old.id],
          keyPairs: expect.arrayContaining([pair.id, otherPair.id]) as unknown,
        });
        expect(await store.credentials({ owner })).toHaveLength(2);
        await contactCenters.put({ id: neighbour, name: 'B' });
        await store.register({ credential: { ...old, id: 'a-third' } });
        expect(await store.assignToOnlyContactCenter()).toBeUndefined();
        expect(await store.credentials({ owner: undefined })).toHaveLength(1);
      });
    });
  });
});
