import { Injectable } from '@nestjs/common';
import type { StatusReply } from '#contracts';
import { KeyVaultClient, type KeyVaultEndpoint } from '#key-vault-client';
import { productVersion, toRcsError } from '#platform';
import { WorkerDirectory } from '../workers/worker-directory.js';

/** Who does not answer by then is away, for whoever looks at the page. */
const answerWithinMs = 3000;

/** A token of a vault: `state` is open, lost, hung, pin-refused or closed. */
export interface TokenState {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
}

export interface VaultState {
  readonly vault: string;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  readonly tokens: readonly TokenState[];
  /** What others do as well: for operations accounts. */
  readonly load?: { readonly keys: number; readonly sessions: number; readonly sessionsInUse: number };
}

export interface WorkerState {
  readonly worker: string;
  readonly version: string;
  /** Requests that it serves; for operations accounts, as the load of a vault. */
  readonly inFlight?: number;
}

export interface SystemState {
  readonly version: string;
  readonly vaults: readonly VaultState[];
  readonly workers: readonly WorkerState[];
}

/** What of the cluster is there, as this gateway sees it. */
@Injectable()
export class SystemStateService {
  constructor(
    private readonly vaults: KeyVaultClient,
    private readonly workers: WorkerDirectory,
  ) {}

  /** @param withLoad whether whoever asks may see what all contact centers together do */
  async look(withLoad: boolean): Promise<SystemState> {
    const endpoints = await this.vaults.allEndpoints();
    const workers = [...this.workers.all].sort((left, right) => (left.instance < right.instance ? -1 : 1));
    return {
      version: productVersion(),
      vaults: await Promise.all(endpoints.map(endpoint => vaultState(endpoint, withLoad))),
      workers: workers.map(({ instance, version, inFlight }) => ({
        worker: instance,
        version,
        ...(withLoad ? { inFlight } : {}),
      })),
    };
  }
}

async function vaultState(endpoint: KeyVaultEndpoint, withLoad: boolean): Promise<VaultState> {
  const vault = endpoint.address;
  try {
    return described(vault, await endpoint.call('Status', {}, { timeoutMs: answerWithinMs }), withLoad);
  } catch (error) {
    return { vault, ready: false, reason: toRcsError(error).definition.title, tokens: [] };
  }
}

function described(vault: string, status: StatusReply, withLoad: boolean): VaultState {
  const { ready, reason, tokens, keyCount: keys, sessions, sessionsInUse } = status;
  return {
    vault,
    ready,
    ...orNothing(reason),
    tokens: tokens.map(token => ({ name: token.name, state: token.state, ...orNothing(token.reason) })),
    ...(withLoad ? { load: { keys, sessions, sessionsInUse } } : {}),
  };
}

const orNothing = (reason: string): { readonly reason?: string } => (reason === '' ? {} : { reason });
