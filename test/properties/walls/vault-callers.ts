import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyVaultProtoFile, type KeyVaultCall } from '#contracts';
import { KeyVaultEndpoint, TransportAgreements } from '#key-vault-client';
import { loadInternalIdentity, serviceRoles, type InternalIdentity, type ServiceRole } from '#platform';
import { parse } from 'yaml';
import type { ReadyLine } from '#test/cluster/running-cluster.js';

/** Every RPC of the vault, from the contract itself. */
export function rpcNames(): string[] {
  return [...readFileSync(keyVaultProtoFile, 'utf8').matchAll(/^\s*rpc (\w+)\s*\(/gm)].map(([, name]) => name!);
}

/** Of a machine that is busy with other tests, too: what takes longer hangs. */
const timeoutMs = 120_000;

/** Somebody who has the TLS files of a service, at the vault's door. */
export class VaultCaller {
  private readonly agreements = new TransportAgreements();

  private constructor(
    readonly role: ServiceRole,
    readonly identity: InternalIdentity,
    readonly endpoint: KeyVaultEndpoint,
  ) {}

  /** One for each role that there is. */
  static all({ dataDir }: ReadyLine): VaultCaller[] {
    const configuration = parse(readFileSync(join(dataDir, 'application.yaml'), 'utf8')) as {
      decryptWorker: { vaultAddresses: string[] };
    };
    const address = configuration.decryptWorker.vaultAddresses[0]!;
    return serviceRoles.flatMap(role => {
      const file = (name: string): string => join(dataDir, 'internal-tls', name);
      try {
        const files = { caFile: file('ca.pem'), certificateFile: file(`${role}.pem`), keyFile: file(`${role}.key`) };
        const identity = loadInternalIdentity(files);
        return [new VaultCaller(role, identity, new KeyVaultEndpoint(address, { current: identity }))];
      } catch {
        // Nobody has such files here.
        return [];
      }
    });
  }

  /** The reply, or the code of the error. */
  async call(name: string, request: object): Promise<{ readonly reply?: object; readonly code: string }> {
    try {
      return { reply: await this.endpoint.call(name as KeyVaultCall, request as never, { timeoutMs }), code: 'ok' };
    } catch (error) {
      return { code: (error as { code?: string }).code ?? String(error) };
    }
  }

  /** A transport key of this caller; some other text where it may have none. */
  async transportKeyId(): Promise<string> {
    try {
      return (await this.agreements.with(this.endpoint, timeoutMs)).id;
    } catch {
      return 'none';
    }
  }

  /** What this caller can read in a reply: the session keys that were opened for it. */
  async sessionKeysIn(reply: object): Promise<Buffer[]> {
    const transport = await this.agreements.with(this.endpoint, timeoutMs);
    const tokens = JSON.stringify(reply).match(/[\w-]+(\.[\w-]*){4}/g) ?? [];
    return tokens.flatMap(token => {
      try {
        return [transport.key.unwrap(token)];
      } catch {
        return [];
      }
    });
  }

  close(): void {
    this.endpoint.close();
  }
}
