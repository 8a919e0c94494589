import { Inject, Injectable } from '@nestjs/common';
import type { StorageProbeReply } from '#contracts';
import { MediaStorages } from '#media-storage';
import { RcsError } from '#platform';
import type { SettingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { SetStorages, storagesOf, type KeptStorage } from '../settings/set-storages.service.js';
import { plainWords, type StorageProblem } from './storage-problems.js';
import { StorageProber, type Asking, type ProbedStorage, type StorageSight } from './storage-prober.js';

/** A page shows no more; each costs a worker a request or two. */
const mostStorages = 100;

export interface StorageState extends Partial<Omit<StorageProbeReply, 'problem'>> {
  readonly kind: string;
  /** Base URL. */
  readonly location: string;
  /** For which location a contact center set it; absent for one of the configuration. */
  readonly setFor?: string;
  /** Whether new recordings may lie there. */
  readonly active: boolean;
  readonly checkedAt: string;
  /** Absent where recordings can be read. */
  readonly problem?: StorageProblem;
  /** The problem in plain words. */
  readonly reason?: string;
}

export interface StorageStates {
  readonly storages: readonly StorageState[];
  /** How many more there are. */
  readonly omitted: number;
}

type Listed = Pick<StorageState, 'kind' | 'location' | 'setFor' | 'active'> & { readonly kept?: KeptStorage };

/** The storages that a contact center's recordings are read from, and whether they can be now. */
@Injectable()
export class StorageStatesService {
  constructor(
    private readonly configured: MediaStorages,
    @Inject(storeTokens.settings) private readonly settings: Pick<SettingStore, 'list'>,
    private readonly setStorages: SetStorages,
    private readonly prober: StorageProber,
  ) {}

  async look(contactCenter: string, asking: Asking): Promise<StorageStates> {
    const listed = await this.list(contactCenter);
    const shown = listed.slice(0, mostStorages);
    return {
      storages: await Promise.all(shown.map(storage => this.stateOf(storage, contactCenter, asking))),
      omitted: listed.length - shown.length,
    };
  }

  private async list(contactCenter: string): Promise<readonly Listed[]> {
    const configured = this.configured
      .storagesOf(contactCenter)
      .map(({ kind, url }) => ({ kind, location: url, active: true }));
    const set = (await this.settings.list(contactCenter)).flatMap(setting =>
      storagesOf(setting).map(kept => ({
        kind: kept.storageType,
        location: kept.url,
        setFor: setting.location,
        active: kept.active,
        kept,
      })),
    );
    return [...configured, ...set];
  }

  private async stateOf({ kept, ...listed }: Listed, contactCenter: string, asking: Asking): Promise<StorageState> {
    const { kind, location: url } = listed;
    try {
      const set = kept === undefined ? {} : { set: this.opened(kept, contactCenter) };
      const storage: ProbedStorage = { contactCenter, kind, url, ...set };
      return { ...listed, ...described(await this.prober.look(storage, asking)) };
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_STORAGE_ACCESS_REFUSED')) throw error;
      return { ...listed, checkedAt: new Date().toISOString(), ...wordsOf('credentials-unreadable') };
    }
  }

  private opened(kept: KeptStorage, contactCenter: string): NonNullable<ProbedStorage['set']> {
    const { granted, handed } = this.setStorages.open(kept, contactCenter);
    return { version: granted.version, handed };
  }
}

function described({ seen, checkedAt }: StorageSight): Omit<StorageState, 'kind' | 'location' | 'active'> {
  const time = { checkedAt: checkedAt.toISOString() };
  if (seen === undefined) return { ...time, ...wordsOf('not-checked') };
  const { problem, ...facts } = seen;
  return { ...time, ...facts, ...(problem === undefined ? {} : wordsOf(problem)) };
}

const wordsOf = (problem: StorageProblem) => ({ problem, reason: plainWords[problem] });
