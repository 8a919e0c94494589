import { randomBytes } from 'node:crypto';
import type { User } from '#store';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { CredentialVersions } from './credential-version.js';

const configured: User = {
  name: 'john',
  enabled: true,
  roles: ['agent'],
  privileges: [],
  accessGroups: [],
  partitions: [],
  version: 1,
};
const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';
const local: User = { ...configured, contactCenter: 'cc-1', passwordHash };
const external = (source: User['source'], contactCenter: string): User => ({ ...configured, source, contactCenter });
const keys = new GatewayKeys(randomBytes(32));
const versions = new CredentialVersions(keys, { opsUserPassword: 'secret' });

describe(CredentialVersions.name, () => {
  it('stays the same while only rights change, over all gateways of a store', () => {
    const other = new CredentialVersions(keys, { opsUserPassword: 'secret' });
    for (const user of [configured, local, external('openid', 'cc-1')]) {
      expect(other.of({ ...user, roles: ['admin'], version: 2 })).toBe(versions.of(user));
    }
  });

  it('differs with every account, password, system and contact center', () => {
    const users = [
      configured,
      local,
      { ...local, passwordHash: `${passwordHash}x` },
      { ...local, name: 'jane' },
      external('configuration-server', 'cc-1'),
      external('configuration-server', 'cc-2'),
      external('openid', 'cc-1'),
      { ...external('openid', 'cc-1'), name: 'jane' },
    ];
    const all = users.flatMap(user => [versions.of(user), versions.ofTicket(user)]);
    expect(new Set(all).size).toBe(2 * users.length);
  });

  it('differs with the password of the configuration, for its account alone', () => {
    const changed = new CredentialVersions(keys, { opsUserPassword: 'another' });
    expect(changed.of(configured)).not.toBe(versions.of(configured));
    expect(changed.of(local)).toBe(versions.of(local));
  });

  it('cannot be made without the secret of the gateways', () => {
    const stranger = new CredentialVersions(new GatewayKeys(randomBytes(32)), { opsUserPassword: 'secret' });
    for (const user of [configured, local, external('openid', 'cc-1')]) {
      expect(stranger.of(user)).not.toBe(versions.of(user));
    }
  });
});
