/**
 * Secrets that all gateways of a store share. They are kept as they are given: whoever proposes one encrypts it. Every
 * method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve.
 */
export interface SharedSecretStore {
  /** The secret of this name: what was proposed first, by whatever process, and never changes. Durable when it resolves. */
  agree(name: string, proposed: string): Promise<string>;
}
