import { Inject, Injectable } from '@nestjs/common';
import type { KeptArchiveStore } from '#store';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { namesUnder, summariesOf } from '../envelopes/certificate-summary.js';

/** How the archives that were made here stand against the keys that are here; numbers of media files. */
export interface ArchivesStanding {
  readonly mediaFiles: number;
  /** Of these, those that are for a recipient of the archive, whose key is not expected here. */
  readonly forRecipients: number;
  /** Of the others, those that no key opens that is here; not there while no vault says which are. */
  readonly keyMissing?: number;
}

@Injectable()
export class ArchivesStandingService {
  constructor(
    @Inject(storeTokens.keptArchives) private readonly store: KeptArchiveStore,
    private readonly certificates: CertificateCatalog,
  ) {}

  async of(contactCenter: string): Promise<ArchivesStanding> {
    const needs = await this.store.needs(contactCenter);
    const ours = needs.filter(({ forRecipient }) => !forRecipient);
    const counts = { mediaFiles: sum(needs), forRecipients: sum(needs) - sum(ours) };
    if (ours.length === 0) return { ...counts, keyMissing: 0 };
    const opened = await this.openedNames(contactCenter);
    if (opened === undefined) return counts;
    return { ...counts, keyMissing: sum(ours.filter(({ recipients }) => !recipients.some(name => opened.has(name)))) };
  }

  /** By which names envelopes mean what a key opens that is here and not disabled; undefined where no vault says so. */
  private async openedNames(contactCenter: string): Promise<ReadonlySet<string> | undefined> {
    const keys = await this.certificates.keysNow(contactCenter);
    if (keys === undefined) return undefined;
    const present = new Set(keys.filter(({ state }) => state !== 'DISABLED').map(key => key.keyIdentifier));
    const all = await this.certificates.withThoseOf(contactCenter, keys);
    const there = all.filter(({ keyIdentifier }) => present.has(keyIdentifier));
    const summaries = await summariesOf(there);
    const names = summaries.flatMap((summary, index) => namesUnder(summary, there[index]?.alias ?? ''));
    return new Set([...names, ...[...present].map(identifier => `key:${identifier}`)]);
  }
}

const sum = (needs: readonly { readonly mediaFiles: number }[]): number =>
  needs.reduce((total, { mediaFiles }) => total + mediaFiles, 0);
