import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, serverMustBe } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { keyManagerIdentity } from './key-manager-vaults.js';

describe(keyManagerIdentity.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-key-manager-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const written = (name: string, content: string | Buffer): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };

  it('counts a vault no more whose certificate is denied', async () => {
    const authority = await InternalAuthority.create();
    const [own, gateway, vault] = [
      await authority.issue('local-key-manager'),
      await authority.issue('playback-gateway'),
      await authority.issue('key-vault'),
    ];
    const { fingerprint256, raw } = new X509Certificate(vault.certificatePem);
    const configuration = loadConfiguration(undefined, {
      RCS_INTERNAL_TLS__CA_FILE: written('ca.pem', authority.caPem),
      RCS_INTERNAL_TLS__CERTIFICATE_FILE: written('gateway.pem', gateway.certificatePem),
      RCS_INTERNAL_TLS__KEY_FILE: written('gateway.key', gateway.keyPem),
      RCS_INTERNAL_TLS__DENIED_CERTIFICATES_FILE: written('denied', `${fingerprint256}\n`),
    });
    const files = {
      certificateFile: written('manager.pem', own.certificatePem),
      keyFile: written('manager.key', own.keyPem),
    };
    const identity = keyManagerIdentity(configuration, files);
    const peer = new X509Certificate(raw).toLegacyObject();
    expect(serverMustBe('key-vault', identity.denied)('localhost', peer)?.message).toContain('is denied');
    const ofGateway = { certificateFile: join(directory, 'gateway.pem'), keyFile: join(directory, 'gateway.key') };
    expect(() => keyManagerIdentity(configuration, ofGateway)).toThrow('localKeyManager.certificateFile');
  });
});
