import type { Provider } from '@nestjs/common';
import { MediaStorages } from '#media-storage';
import type { GatewayParts } from '../dependencies/gateway-dependencies.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { GrantDesk } from '../grants/grant-desk.js';
import { WorkerClient } from '../workers/worker-client.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { IndexStep } from './index-step.js';
import { LocationClaims } from './location-claims.js';
import { MediaIndexer } from './media-indexer.js';
import { MediaIndexService } from './media-index.service.js';
import { MediaInspector } from './media-inspector.js';
import { MediaPinning } from './media-pinning.js';

/** Wires what looks into stored files: at insertion, at the first playback, and in the background. */
export function mediaIndexProviders({ context, configuration, store, audit }: GatewayParts): Provider[] {
  const { inspectionsPerSecond, bytesPerSecond } = configuration.mediaIndex;
  const { mediaIndex, recordings } = store;
  return [
    {
      provide: MediaInspector,
      useFactory: (grants: GrantDesk, workers: WorkerDirectory, client: WorkerClient) =>
        new MediaInspector(grants, workers, client),
      inject: [GrantDesk, WorkerDirectory, WorkerClient],
    },
    {
      provide: MediaPinning,
      useFactory: (inspector: MediaInspector) => new MediaPinning(recordings, inspector),
      inject: [MediaInspector],
    },
    {
      provide: LocationClaims,
      useFactory: (storages: MediaStorages) => new LocationClaims(mediaIndex, storages, context.logger),
      inject: [MediaStorages],
    },
    { provide: MediaIndexService, useFactory: () => new MediaIndexService(mediaIndex) },
    {
      provide: MediaIndexer,
      useFactory: (
        inspector: MediaInspector,
        pinning: MediaPinning,
        claims: LocationClaims,
        metrics: GatewayMetrics,
      ) => {
        const step = new IndexStep(recordings, inspector, pinning, audit);
        const options = { owner: context.instance, inspectionsPerSecond, bytesPerSecond };
        return new MediaIndexer(mediaIndex, step, claims, metrics, context.logger, options);
      },
      inject: [MediaInspector, MediaPinning, LocationClaims, GatewayMetrics],
    },
  ];
}
