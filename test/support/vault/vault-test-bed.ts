import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundTo, certificateThumbprint, GrantSigner, playbackGrants, type PlaybackGrant } from '#grants';
import type { KeyVaultEndpoint } from '#key-vault-client';
import type { InternalIdentity, ServiceRole } from '#platform';
import { InternalAuthority } from '../authority/internal-authority.js';
import { AdministratorEndpoint } from './administrator-endpoint.js';
import { RunningVault } from './running-vault.js';
import { SoftHsm } from './soft-hsm.js';

/** What a test of real vaults stands on: a directory, an authority, a SoftHSM; all vaults and clients are closed with it. */
export class VaultTestBed {
  private readonly identities = new Map<ServiceRole, InternalIdentity>();
  private readonly vaults: RunningVault[] = [];
  private readonly endpoints: KeyVaultEndpoint[] = [];

  private constructor(
    readonly directory: string,
    readonly authority: InternalAuthority,
    readonly softHsm: SoftHsm,
  ) {}

  static async prepare(...tokens: string[]): Promise<VaultTestBed> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-vault-'));
    const labels = tokens.length === 0 ? ['recordings'] : tokens;
    const softHsm = await SoftHsm.create(join(directory, 'softhsm'), ...labels);
    return new VaultTestBed(directory, await InternalAuthority.create(), softHsm);
  }

  /** How a vault reaches the token `recordings`. */
  get token(): { readonly uri: string; readonly pin: string } {
    return { uri: this.softHsm.uri('recordings'), pin: this.softHsm.pin };
  }

  async identity(role: ServiceRole): Promise<InternalIdentity> {
    const known = this.identities.get(role) ?? (await this.authority.issue(role));
    this.identities.set(role, known);
    return known;
  }

  /** Starts a vault on the token `recordings`; `keyVault` is laid over its section of the configuration. */
  async startVault(
    keyVault: object = {},
    environment: Readonly<Record<string, string>> = {},
    identity?: InternalIdentity,
  ): Promise<RunningVault> {
    const vault = await RunningVault.start({
      directory: join(this.directory, `vault-${this.vaults.length + 1}`),
      identity: identity ?? (await this.identity('key-vault')),
      keyVault: { ...('tokens' in keyVault ? {} : { token: this.token }), ...keyVault },
      environment: { ...this.softHsm.environment, ...environment },
    });
    this.vaults.push(vault);
    return vault;
  }

  /** A client of the vault with a certificate of this role. */
  async connect(vault: RunningVault, role: ServiceRole): Promise<KeyVaultEndpoint> {
    const endpoint = vault.endpoint(await this.identity(role));
    this.endpoints.push(endpoint);
    return endpoint;
  }

  /** A gateway of the vault behind which a freshly authenticated administrator asks for whatever is called. */
  async administrator(vault: RunningVault): Promise<AdministratorEndpoint> {
    const endpoint = AdministratorEndpoint.open(vault.address, await this.identity('playback-gateway'));
    this.endpoints.push(endpoint);
    return endpoint;
  }

  /** Signs grants as the gateway does, for this worker; the one of the test bed when none is named. */
  async grantSigner(holder?: InternalIdentity): Promise<Pick<GrantSigner<PlaybackGrant>, 'sign'>> {
    const signer = new GrantSigner({ current: await this.identity('playback-gateway') }, playbackGrants);
    const { certificatePem } = holder ?? (await this.identity('decrypt-worker'));
    const worker = boundTo(certificateThumbprint(new X509Certificate(certificatePem).raw));
    return { sign: (content, lifetimeSeconds) => signer.sign({ ...content, ...worker }, lifetimeSeconds) };
  }

  async clear(): Promise<void> {
    this.endpoints.forEach(endpoint => endpoint.close());
    await Promise.all(this.vaults.map(vault => vault.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
