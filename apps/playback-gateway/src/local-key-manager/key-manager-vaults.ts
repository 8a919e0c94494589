import { KeyVaultClient } from '#key-vault-client';
import {
  ConfigurationError,
  LiveIdentity,
  loadInternalIdentity,
  type Configuration,
  type InternalIdentity,
  type LocalKeyManagerConfiguration,
  type ServiceContext,
} from '#platform';

/** The vaults, as the local key manager calls them: not with the identity of the gateway. */
export const KEY_MANAGER_VAULTS = Symbol('KeyVaultClient of the local key manager');

/**
 * The local key manager has a certificate of its own: only that may have blocks decrypted. Renewed ones are followed.
 * @throws ConfigurationError for a certificate with another role
 */
export function keyManagerVaults(
  { configuration, certificates, live }: ServiceContext,
  settings: LocalKeyManagerConfiguration,
): KeyVaultClient {
  const identity = new LiveIdentity(keyManagerIdentity(configuration, settings));
  certificates.watchPem('internal', () => identity.current.certificatePem);
  live.onChange(next => {
    const renewed = keyManagerIdentity(next, next.localKeyManager ?? settings);
    return () => identity.replace(renewed);
  });
  return new KeyVaultClient(settings.vaultAddresses, identity);
}

/**
 * Whom the vaults see, and which vaults count: those of the gateway's own authority, cluster and list of denied certificates.
 * @throws ConfigurationError for a certificate with another role
 */
export function keyManagerIdentity(
  { internalTls }: Configuration,
  { certificateFile, keyFile }: Pick<LocalKeyManagerConfiguration, 'certificateFile' | 'keyFile'>,
): InternalIdentity {
  const own = { caFile: '', ...internalTls, certificateFile, keyFile };
  const identity = loadInternalIdentity(own, 'localKeyManager');
  if (identity.role === 'local-key-manager') return identity;
  throw new ConfigurationError(
    `option localKeyManager.certificateFile: ${certificateFile} has the role ${identity.role}, not local-key-manager`,
  );
}
