import { KeyVaultClient } from '#key-vault-client';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CertificateChangeFeed } from './certificate-events/certificate-change-feed.js';
import { ExpiryWatch } from './certificates/expiry/expiry-watch.js';
import { VaultKeys } from './vaults/vault-keys.js';
import { MediaIndexer } from './media-index/media-indexer.js';
import { RewrapRunner } from './rewrap/rewrap-runner.js';

/** What goes on about certificates without being asked; begins when the store is open, ends before it closes. */
export class CertificateBackground {
  constructor(private readonly app: NestFastifyApplication) {}

  start(): void {
    const { app } = this;
    const keys = app.get(VaultKeys);
    const feed = app.get(CertificateChangeFeed);
    feed.listen(() => keys.forget());
    feed.start();
    app.get(MediaIndexer).start();
    app.get(RewrapRunner).start();
    app.get(ExpiryWatch).start();
  }

  async stop(): Promise<void> {
    const { app } = this;
    await Promise.all([app.get(RewrapRunner).stop(), app.get(MediaIndexer).stop(), app.get(ExpiryWatch).stop()]);
    app.get(CertificateChangeFeed).stop();
    app.get(KeyVaultClient).close();
  }
}
