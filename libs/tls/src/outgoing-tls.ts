import type { PostgresqlConfiguration, RecordingSourceSettings, RedisSettings } from '#platform';
import { keyStoreIdentity, type TlsIdentity } from './key-store-identity.js';
import { trustedAuthorities, type TlsTrust } from './trusted-authorities.js';
import { allowOptionBeside } from './weak-keys.js';

/** Trust of an outgoing connection and, where servers ask for one, the identity to show. */
export interface OutgoingTls extends TlsTrust, Partial<TlsIdentity> {}

export interface OutgoingTlsOptions {
  /** Name of the `...TrustedCA` option, for messages. */
  readonly trustOption: string;
  readonly trustedCA: boolean | string;
  readonly jksPassword?: string | undefined;
  /** Name of the option with the keystore, for messages. */
  readonly keyStoreOption: string;
  readonly keyStorePath?: string | undefined;
  readonly keyStorePassword?: string | undefined;
  /** Whether RSA keys under 2048 bits are taken; absent: the connection has no option for it, and takes none. */
  readonly allowWeakKeys?: boolean | undefined;
}

/** @throws ConfigurationError naming option and path of a file that is missing or cannot be read. */
export function outgoingTls(options: OutgoingTlsOptions): OutgoingTls {
  const { trustOption, trustedCA, jksPassword, keyStoreOption, keyStorePath, keyStorePassword, allowWeakKeys } =
    options;
  const ruleBeside = (option: string) =>
    allowWeakKeys === undefined ? {} : { allowWeakKeys, allowOption: allowOptionBeside(option) };
  return {
    ...trustedAuthorities(trustOption, trustedCA, jksPassword, ruleBeside(trustOption)),
    ...(keyStorePath === undefined
      ? {}
      : keyStoreIdentity({
          ...{ option: keyStoreOption, path: keyStorePath, password: keyStorePassword },
          rule: ruleBeside(keyStoreOption),
        })),
  };
}

/** TLS towards Redis and its sentinels; read, and so checked, even where there is none. */
export function redisTls(redis: RedisSettings): OutgoingTls {
  return outgoingTls({
    trustOption: 'redis.redisTrustedCA',
    trustedCA: redis.redisTrustedCA,
    jksPassword: redis.redisJksPassword,
    keyStoreOption: 'redis.redisKeyStorePath',
    keyStorePath: redis.redisKeyStorePath,
    keyStorePassword: redis.redisKeyStorePassword,
  });
}

/** TLS towards PostgreSQL; undefined where it is switched off. */
export function postgresqlTls(postgresql: PostgresqlConfiguration): OutgoingTls | undefined {
  if (!postgresql.enableSsl) return undefined;
  return outgoingTls({
    trustOption: 'store.postgresql.postgresqlTrustedCA',
    trustedCA: postgresql.postgresqlTrustedCA,
    jksPassword: postgresql.postgresqlJksPassword,
    keyStoreOption: 'store.postgresql.postgresqlKeyStorePath',
    keyStorePath: postgresql.postgresqlKeyStorePath,
    keyStorePassword: postgresql.postgresqlKeyStorePassword,
  });
}

/** TLS towards an RWS that has recordings, the one at `index` of recordingSources. */
export function rwsTls(source: RecordingSourceSettings, index: number): OutgoingTls {
  return outgoingTls({
    trustOption: `recordingSources.${index}.rwsTrustedCA`,
    trustedCA: source.rwsTrustedCA,
    jksPassword: source.rwsJksPassword,
    keyStoreOption: `recordingSources.${index}.rwsKeyStorePath`,
    keyStorePath: source.rwsKeyStorePath,
    keyStorePassword: source.rwsKeyStorePassword,
  });
}
