import type { OwnWorker } from '#contracts';
import type { ConfigurationWith, LiveIdentity, RedisConnection, ServiceContext, WatchedSockets } from '#platform';
import type { Store } from '#store';

export type GatewayConfiguration = ConfigurationWith<'internalTls' | 'redis' | 'store'>;

/** A signed checkpoint that vouches for a writer, and for how many of its records. */
export interface CoveringCheckpoint {
  readonly note: string;
  readonly size: number;
}

/** Vouches for the audit with signed checkpoints. */
export interface AuditVouching {
  /**
   * A checkpoint that names this record of a writer: the last one that does, else a new one.
   * @throws RcsError RCS_AUDIT_UNAVAILABLE when none can be made.
   */
  coveringCheckpoint(writer: string, sequence: number): Promise<CoveringCheckpoint>;
}

/** What the gateway is made of that comes from outside. */
export interface GatewayDependencies {
  readonly context: ServiceContext;
  readonly configuration: GatewayConfiguration;
  readonly store: Store;
  /** What vouches for the store's audit log. */
  readonly checkpoints: AuditVouching;
  /** Who this gateway is inside the cluster. */
  readonly identity: LiveIdentity;
  /** Ends what is connected to denied peers. */
  readonly sockets: WatchedSockets;
  readonly redis: RedisConnection;
  /** The worker in this process, where it has one. */
  readonly ownWorker: OwnWorker | undefined;
}

/** The key vaults that a gateway may ask; none when its configuration names none. */
export function vaultAddressesOf({ recordingCertificates, decryptWorker }: GatewayConfiguration): readonly string[] {
  return recordingCertificates.vaultAddresses ?? decryptWorker?.vaultAddresses ?? [];
}
