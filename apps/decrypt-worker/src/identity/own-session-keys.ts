import { holderOf } from '#grants';
import { KeyVaultClient, SessionKeyClient } from '#key-vault-client';
import type { OwnIdentities, OwnIdentity } from './own-identities.js';

interface FormerClient {
  readonly vaults: KeyVaultClient;
  readonly keys: SessionKeyClient;
}

/** Asks the vaults under the identity that a grant names: they open for no other. */
export class OwnSessionKeys {
  private readonly former = new Map<OwnIdentity, FormerClient>();

  constructor(
    private readonly present: SessionKeyClient,
    private readonly addresses: readonly string[],
    private readonly identities: OwnIdentities,
  ) {}

  /** @throws as `SessionKeyClient.unwrap` */
  unwrap(...[request]: Parameters<SessionKeyClient['unwrap']>): ReturnType<SessionKeyClient['unwrap']> {
    return this.clientFor(holderOf(request.grant)).unwrap(request);
  }

  /** @throws as `SessionKeyClient.rewrapForArchive` */
  rewrapForArchive(...[request]: Parameters<SessionKeyClient['rewrapForArchive']>): Promise<Buffer> {
    return this.clientFor(holderOf(request.grant)).rewrapForArchive(request);
  }

  close(): void {
    for (const { vaults } of this.former.values()) vaults.close();
    this.former.clear();
  }

  private clientFor(holder: string | undefined): SessionKeyClient {
    const { current, all } = this.identities;
    for (const [identity, { vaults }] of this.former) {
      if (all.includes(identity)) continue;
      vaults.close();
      this.former.delete(identity);
    }
    const named = all.find(({ thumbprint }) => thumbprint === holder);
    return named === undefined || named === current ? this.present : this.formerClient(named).keys;
  }

  private formerClient(own: OwnIdentity): FormerClient {
    const known = this.former.get(own);
    if (known !== undefined) return known;
    const vaults = new KeyVaultClient(this.addresses, { current: own.identity });
    const made = { vaults, keys: new SessionKeyClient(vaults) };
    this.former.set(own, made);
    return made;
  }
}
