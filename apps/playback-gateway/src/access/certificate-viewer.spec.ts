import type { User } from '#store';
import { mayViewCertificates } from './certificate-viewer.js';

const userWith = (...privileges: User['privileges']): User => ({
  name: 'somebody',
  contactCenter: 'cc-1',
  enabled: true,
  roles: ['supervisor'],
  privileges,
  accessGroups: [],
  partitions: [],
  version: 1,
});

/** Somebody of no contact center. */
const operator: User = {
  name: 'operator',
  enabled: true,
  roles: ['ops'],
  privileges: [],
  accessGroups: [],
  partitions: [],
  version: 1,
};

describe(mayViewCertificates.name, () => {
  it.each<[string, User, boolean, boolean]>([
    ['who may decrypt', userWith('decrypt-recording'), true, true],
    ['who may upload', userWith('administer-certificates'), true, false],
    ['who may do both', userWith('administer-certificates', 'decrypt-recording'), true, true],
    ['who may do neither', userWith('add-label'), false, false],
  ])('lets %s see certificates as the option says', (_, user, shown, hidden) => {
    expect(mayViewCertificates(user, true)).toBe(shown);
    expect(mayViewCertificates(user, false)).toBe(hidden);
    expect(mayViewCertificates({ ...operator, privileges: user.privileges }, true)).toBe(false);
  });
});
