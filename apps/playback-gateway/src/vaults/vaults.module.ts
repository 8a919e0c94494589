import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { KeyVaultClient } from '#key-vault-client';
import { LiveIdentity } from '#platform';
import { vaultAddressesOf, type GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import { AdministrationGrants } from './administration-grants.js';
import { VaultKeys } from './vault-keys.js';

/** The key vaults, as far as gateways may ask them. */
@Module({
  providers: [
    { provide: KeyVaultClient, useFactory: openVaults, inject: [CONFIGURATION, LiveIdentity] },
    AdministrationGrants,
    VaultKeys,
  ],
  exports: [KeyVaultClient, VaultKeys],
})
export class VaultsModule implements OnApplicationShutdown {
  constructor(private readonly vaults: KeyVaultClient) {}

  onApplicationShutdown(): void {
    this.vaults.close();
  }
}

function openVaults(configuration: GatewayConfiguration, identity: LiveIdentity): KeyVaultClient {
  return new KeyVaultClient(vaultAddressesOf(configuration), identity);
}
