import { Module } from '@nestjs/common';
import type { ServiceContext } from '#platform';
import type { SharedSecretStore } from '#store';
import { SERVICE_CONTEXT, storeTokens } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from './gateway-keys.js';
import { RedisGate } from './redis-gate.js';
import { RecordSeals } from './sealed-records.js';

/** Redis as a place that is not trusted: what gateways keep there is sealed under keys that only they have. */
@Module({
  providers: [
    RedisGate,
    RecordSeals,
    { provide: GatewayKeys, useFactory: gatewayKeys, inject: [storeTokens.sharedSecrets, SERVICE_CONTEXT] },
  ],
  exports: [RedisGate, RecordSeals, GatewayKeys],
})
export class RedisModule {}

function gatewayKeys(secrets: SharedSecretStore, { masterKey }: ServiceContext): Promise<GatewayKeys> {
  return GatewayKeys.agreed(secrets, masterKey?.key);
}
