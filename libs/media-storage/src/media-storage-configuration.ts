/** A contact center by its id; with a prefix it owns what lies below that path, which is made of whole names. */
export type StorageOwner = string | { readonly id: string; readonly prefix: string };

/** One place where media lies. Times in milliseconds. */
export interface MediaStorageConfiguration {
  /** `rws`: what Interaction Recording Web Services play below their API; nothing is written there. */
  readonly storage: 'webDAV' | 'file' | 'rws';
  /** Base URL: `http(s)://host:port/path`, or `file:///directory`. */
  readonly url: string;
  /** The contact centers it belongs to; absent: all share it. */
  readonly contactCenters?: readonly StorageOwner[];
  /** Which media in the clear plays: that of a known format, or any. `recognised` when absent. */
  readonly plainMedia?: 'recognised' | 'any';
  readonly userName?: string;
  readonly password?: string;
  /** true: the system's authorities; false: no check; PEM: those alone. */
  readonly trustedCA: boolean | { readonly pem: string };
  /** Shown to a storage that asks for a certificate; PEM. */
  readonly clientIdentity?: { readonly cert: string; readonly key: string };
  /** Cipher suites of OpenSSL, where others than those of Node. */
  readonly ciphers?: string;
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Longest silence of the storage inside a body. */
  readonly idleTimeoutMs: number;
  /** Longest time for one transfer as a whole, however it moves. */
  readonly totalTimeoutMs: number;
}

/** Told about every exchange with a storage. */
export interface StorageObserver {
  /** `status` is the HTTP status, or `failed` when there was none; `seconds` from the request to it. */
  requested(status: number | 'failed', seconds: number): void;
  received(bytes: number): void;
  /** The storage answered 200 to a range: everything before the range was read for nothing. */
  rangeIgnored(): void;
}

export const silentObserver: StorageObserver = {
  requested: () => undefined,
  received: () => undefined,
  rangeIgnored: () => undefined,
};
