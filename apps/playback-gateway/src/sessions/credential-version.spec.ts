import { isSameAccount, type User } from '#store';
import { accountOfCredential, credentialVersionOf } from './credential-version.js';

const external: User = {
  name: 'john',
  enabled: true,
  contactCenter: 'cc-1',
  roles: ['agent'],
  privileges: [],
  accessGroups: [],
  partitions: [],
  version: 1,
};
const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';
const john: User = { ...external, passwordHash };

describe(credentialVersionOf.name, () => {
  it('stays the same while only rights change', () => {
    expect(credentialVersionOf({ ...john, roles: ['admin'], version: 2 })).toBe(credentialVersionOf(john));
  });

  it.each<readonly [string, User]>([
    ['another password', { ...john, passwordHash: `${passwordHash}x` }],
    ['no password here any more', external],
    ['a directory', { ...external, source: 'configuration-server' }],
    ['a provider of tokens', { ...external, source: 'openid' }],
    ['a directory of another contact center', { ...external, source: 'configuration-server', contactCenter: 'cc-2' }],
  ])('differs with %s', (_name, user) => {
    const all: User[] = [
      john,
      external,
      { ...external, source: 'configuration-server' },
      { ...external, source: 'openid' },
      { ...external, source: 'configuration-server', contactCenter: 'cc-2' },
    ];
    const others = all.filter(other => JSON.stringify(other) !== JSON.stringify(user));
    expect(others.map(credentialVersionOf)).not.toContain(credentialVersionOf(user));
  });

  it('tells nothing of the hash', () => {
    expect(passwordHash).not.toContain(credentialVersionOf(john));
  });
});

describe(accountOfCredential.name, () => {
  it.each<readonly [string, User]>([
    ['a local password', john],
    ['no password', external],
    ['a directory', { ...external, source: 'configuration-server' }],
    ['a provider of tokens', { ...external, source: 'openid' }],
    ['a directory of a contact center with a strange id', { ...external, source: 'openid', contactCenter: '"],["' }],
  ])('is the account that a session was opened for with %s', (_, user) => {
    const account = accountOfCredential({ userName: user.name, credentialVersion: credentialVersionOf(user) });
    expect(isSameAccount(account, user)).toBe(true);
  });
});
