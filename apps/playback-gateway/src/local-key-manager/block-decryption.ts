import { Inject, Injectable } from '@nestjs/common';
import { BlockDecryptionClient } from '#key-vault-client';
import { RcsError, type LocalKeyManagerConfiguration } from '#platform';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { DecryptRate } from './decrypt-rate.js';
import type { HawkCaller } from './hawk-authentication.js';
import { KeyPairs, type VaultCall } from './key-pairs.js';

/** What is asked for, as it came. */
export interface DecryptRequest {
  readonly keypairId?: unknown;
  readonly body?: unknown;
  readonly decryptType?: unknown;
}

export interface OpenedBlock {
  readonly keyPairId: string;
  /** The caller zeroes it. */
  readonly message: Buffer;
}

const paddings = { none: 'OAEP_SHA1', pkcs1: 'PKCS1_V1_5' } as const;

/** Opens blocks in the vault, each with a key pair of the contact center whose credential asks. Whatever is wrong inside a block gives pseudo-random bytes: nothing tells it from success. */
@Injectable()
export class BlockDecryption {
  private readonly timeoutMs: number;

  constructor(
    private readonly client: BlockDecryptionClient,
    private readonly keyPairs: KeyPairs,
    private readonly rate: DecryptRate,
    @Inject(KEY_MANAGER_SETTINGS) { vaultTimeoutMs }: Pick<LocalKeyManagerConfiguration, 'vaultTimeoutMs'>,
  ) {
    this.timeoutMs = vaultTimeoutMs;
  }

  /** @throws RcsError RCS_INVALID_VALUE in the words of the example service, RCS_TOO_MANY_REQUESTS, or that of the vault. */
  async open(request: DecryptRequest, caller: HawkCaller, call: VaultCall): Promise<OpenedBlock> {
    const { keypairId, body } = request;
    if (!isFilled(keypairId) || !isFilled(body)) throw invalid('Decrypt body and keypairId must be filled out');
    const padding = paddingOf(request.decryptType);
    const block = decodeBase64(body);
    await this.rate.take(caller);
    const keyPair = await this.keyPairs.find(keypairId.toLowerCase(), caller.owner, call);
    if (keyPair === undefined) throw invalid('No key pair found with the id provided');
    const { keyIdentifier } = keyPair;
    const contactCenter = this.keyPairs.nameInLabel(keyPair);
    const message = await this.client.decrypt({
      ...{ contactCenter, keyIdentifier, padding, block, messageLength: 0, timeoutMs: this.timeoutMs },
      ...call,
    });
    return { keyPairId: keyPair.id, message };
  }
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

function paddingOf(decryptType: unknown): (typeof paddings)[keyof typeof paddings] {
  if (decryptType === undefined) return paddings.none;
  if (decryptType === 'pkcs1') return paddings.pkcs1;
  throw invalid('If provided, decryptType must be either "pkcs1" or null');
}

function decodeBase64(text: string): Buffer {
  const digits = text.replace(/\s/g, '');
  if (/^[A-Za-z0-9+/_-]*={0,2}$/.test(digits)) return Buffer.from(digits, 'base64');
  throw invalid('Decrypt body must be base64');
}

const invalid = (detail: string): RcsError => new RcsError('RCS_INVALID_VALUE', detail, { publicDetail: detail });
