import { createPublicKey, randomUUID } from 'node:crypto';
import { keyPairCreated } from '#certificates';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeyEntry } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';
import { receiverGoneSignal, type LocalKeyManagerConfiguration } from '#platform';
import type { ContactCenterStore, KeyManagerOwner, LocalKeyManagerStore, LocalKeyPair } from '#store';
import { KEY_MANAGER_VAULTS } from './key-manager-vaults.js';
import { KEY_MANAGER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';

/** A key pair as callers see it. */
export type KeyPairResource = Pick<LocalKeyPair, 'id' | 'publicKey' | 'dateCreated'>;

/** The size that Genesys Cloud takes. */
const modulusBits = 3072;
/** Finding two primes takes a token from a moment to many seconds. */
const generationTimeoutMs = 60_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface VaultCall {
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/**
 * Key pairs live in the token, labelled with their contact center and their id; the store only keeps when they came and
 * spares the vault a question. Those from before key pairs belonged to contact centers stand in the token under one name
 * for all: whose they are is in the store.
 */
@Injectable()
export class KeyPairs {
  /** The one name in the labels of before. */
  private readonly organization: string;
  private readonly timeoutMs: number;

  constructor(
    @Inject(KEY_MANAGER_VAULTS) private readonly vaults: KeyVaultClient,
    @Inject(storeTokens.localKeyManager) private readonly store: LocalKeyManagerStore,
    @Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore,
    @Inject(KEY_MANAGER_SETTINGS)
    { organization, vaultTimeoutMs }: Pick<LocalKeyManagerConfiguration, 'organization' | 'vaultTimeoutMs'>,
  ) {
    this.organization = organization;
    this.timeoutMs = vaultTimeoutMs;
  }

  /** Makes a key pair inside the token. @throws RcsError of the vault. */
  async generate(owner: KeyManagerOwner, call: VaultCall): Promise<LocalKeyPair> {
    const request = { contactCenter: owner ?? this.organization, alias: randomUUID(), modulusBits };
    const { key } = await this.vaults.anyVault(generationTimeoutMs, (vault, timeoutMs) =>
      vault.call('GenerateKeyPair', request, { timeoutMs, ...call }),
    );
    return this.store.addKeyPair(asKeyPair(key, owner, owner !== undefined));
  }

  /** All that the owner has in the token, the oldest first: those that were imported, too. */
  async list(owner: KeyManagerOwner, call: VaultCall): Promise<readonly LocalKeyPair[]> {
    const found = await this.inToken(owner, call);
    const kept = await Promise.all(found.map(keyPair => this.store.addKeyPair(keyPair)));
    return kept.sort((one, other) => one.dateCreated - other.dateCreated);
  }

  /** undefined for an id that the token does not have, and for a key pair of somebody else. */
  async find(id: string, owner: KeyManagerOwner, call: VaultCall): Promise<LocalKeyPair | undefined> {
    if (!uuid.test(id)) return undefined;
    const known = await this.store.keyPair(id, owner);
    if (known !== undefined) return known;
    const found = (await this.inToken(owner, call)).find(keyPair => keyPair.id === id);
    return found === undefined ? undefined : this.store.addKeyPair(found);
  }

  /** What stands for the contact center in the label of the key: the vault opens blocks for no other. */
  nameInLabel({ labelled, contactCenter }: LocalKeyPair): string {
    return labelled === true && contactCenter !== undefined ? contactCenter : this.organization;
  }

  private async inToken(owner: KeyManagerOwner, call: VaultCall): Promise<readonly LocalKeyPair[]> {
    const labelled =
      owner === undefined || owner === this.organization
        ? []
        : (await this.keysLabelled(owner, call)).map(key => asKeyPair(key, owner, true));
    const former = await this.ofBefore(call);
    const ids = new Set(labelled.map(({ id }) => id));
    return [...labelled, ...former.filter(({ id, contactCenter }) => contactCenter === owner && !ids.has(id))];
  }

  /**
   * Those under the one name of before: of whom the store says, else of the only contact center there is, else of nobody.
   */
  private async ofBefore(call: VaultCall): Promise<readonly LocalKeyPair[]> {
    const keys = await this.keysLabelled(this.organization, call);
    const known = new Map((await this.store.keyPairs('everything')).map(keyPair => [keyPair.id, keyPair]));
    const [first, another] = await this.contactCenters.list();
    const only = another === undefined ? first?.id : undefined;
    return keys.map(key => known.get(key.alias) ?? asKeyPair(key, only, false));
  }

  private async keysLabelled(contactCenter: string, call: VaultCall): Promise<readonly KeyEntry[]> {
    const { keys } = await this.vaults.anyVault(this.timeoutMs, (vault, timeoutMs) =>
      vault.call('ListKeys', { contactCenter }, { timeoutMs, ...call }),
    );
    return keys.filter(({ alias }) => uuid.test(alias));
  }
}

export const keyPairResource = ({ id, publicKey, dateCreated }: LocalKeyPair): KeyPairResource => ({
  id,
  publicKey,
  dateCreated,
});

function asKeyPair(
  { alias, keyIdentifier, publicKey, certificate }: KeyEntry,
  owner: KeyManagerOwner,
  labelled: boolean,
): LocalKeyPair {
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  return {
    id: alias,
    ...(owner === undefined ? {} : { contactCenter: owner }),
    keyIdentifier,
    publicKey: key.export({ format: 'der', type: 'pkcs1' }).toString('base64'),
    dateCreated: keyPairCreated(certificate) ?? Date.now(),
    ...(labelled ? { labelled } : {}),
  };
}

/** A call to the vault for this request, given up when the caller goes away. */
export function callOf(request: FastifyRequest, reply: FastifyReply): VaultCall {
  return { requestId: request.id, signal: receiverGoneSignal(reply.raw, 'the caller') };
}
