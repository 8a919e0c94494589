import { X509Certificate } from 'node:crypto';
import type { JsonGeneralName } from '@peculiar/x509';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { roleOfSubjectAltName, roleUri, serviceRoles } from './service-role.js';

const gateway = roleUri('playback-gateway');

describe(roleOfSubjectAltName.name, () => {
  it.each(serviceRoles)('finds the role %s', role => {
    expect(roleOfSubjectAltName(`DNS:localhost, URI:${roleUri(role)}, IP Address:127.0.0.1`)).toBe(role);
    expect(roleOfSubjectAltName(`URI:${roleUri(role)}`)).toBe(role);
  });

  it.each([
    undefined,
    '',
    'DNS:localhost',
    `DNS:${gateway}`,
    `email:${gateway}`,
    `URI:${gateway}s`,
    `URI:${gateway}/`,
    `URI: ${gateway}`,
    `URI:x${gateway}`,
    `URI:${gateway.toUpperCase()}`,
    'URI:urn:recording-crypto-server:role:',
    'URI:urn:recording-crypto-server:role:admin',
    `uri:${gateway}`,
    `XURI:${gateway}`,
  ])('finds none in %p', names => {
    expect(roleOfSubjectAltName(names)).toBeUndefined();
  });

  it('takes more than one role for none, even the same twice', () => {
    expect(roleOfSubjectAltName(`URI:${gateway}, URI:${roleUri('key-vault')}`)).toBeUndefined();
    expect(roleOfSubjectAltName(`URI:${gateway}, URI:${gateway}`)).toBeUndefined();
    expect(roleOfSubjectAltName(`URI:${gateway}, URI:urn:recording-crypto-server:role:admin`)).toBeUndefined();
  });

  it('allows URIs beside the role', () => {
    expect(roleOfSubjectAltName(`URI:https://example.org/a, URI:${gateway}`)).toBe('playback-gateway');
  });

  describe('of real certificates', () => {
    async function roleIn(names: readonly JsonGeneralName[]): Promise<string | undefined> {
      const authority = await InternalAuthority.create();
      const { certificatePem } = await authority.issue('rcsctl', { names });
      return roleOfSubjectAltName(new X509Certificate(certificatePem).subjectAltName);
    }

    it.each(serviceRoles)('finds the role %s', async role => {
      expect(await roleIn([{ type: 'url', value: roleUri(role) }])).toBe(role);
    });

    it.each<readonly [string, JsonGeneralName]>([
      ['a DNS name with a separator', { type: 'dns', value: `a, URI:${gateway}` }],
      ['a DNS name with a quote', { type: 'dns', value: `a", URI:${gateway}` }],
      ['a DNS name with an escaped quote', { type: 'dns', value: `a\\", URI:${gateway}` }],
      ['a DNS name that ends in a backslash', { type: 'dns', value: `a\\` }],
      ['an e-mail address with a separator', { type: 'email', value: `a@b, URI:${gateway}` }],
      ['another URI with a separator', { type: 'url', value: `https://a/, URI:${gateway}` }],
      ['another URI with a line end', { type: 'url', value: `https://a/\nURI:${gateway}` }],
      ['a directory name', { type: 'dn', value: `CN="a, URI:${gateway}"` }],
      ['a role with something behind it', { type: 'url', value: `${gateway}, DNS:x` }],
    ])('finds none that is smuggled in by %s', async (_, name) => {
      expect(await roleIn([name])).toBeUndefined();
    });

    it('finds the true role beside a smuggled one', async () => {
      const names: JsonGeneralName[] = [
        { type: 'dns', value: `a, URI:${gateway}` },
        { type: 'url', value: roleUri('decrypt-worker') },
      ];
      expect(await roleIn(names)).toBe('decrypt-worker');
    });
  });
});
