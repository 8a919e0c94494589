import type { Provider } from '@nestjs/common';
import type { AuditLog, ContactCenterStore, RecordingStore } from '#store';
import type { GatewayParts } from '../dependencies/gateway-dependencies.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { MediaInspector } from '../media-index/media-inspector.js';
import { InsertionInspection } from './insertion-inspection.js';
import { RecordingInsertionService } from './recording-insertion.service.js';

/** Wires the insertion of recordings. */
export function recordingProviders({ configuration, context }: GatewayParts): Provider[] {
  const { insertionTimeoutMs } = configuration.mediaIndex;
  return [
    {
      provide: InsertionInspection,
      useFactory: (inspector: MediaInspector) => new InsertionInspection(inspector, context.logger, insertionTimeoutMs),
      inject: [MediaInspector],
    },
    {
      provide: RecordingInsertionService,
      useFactory: (
        store: RecordingStore,
        contactCenters: ContactCenterStore,
        audit: AuditLog,
        claims: LocationClaims,
        inspection: InsertionInspection,
      ) => new RecordingInsertionService(store, contactCenters, audit, claims, inspection, configuration.crRegion),
      inject: [
        storeTokens.recordings,
        storeTokens.contactCenters,
        storeTokens.audit,
        LocationClaims,
        InsertionInspection,
      ],
    },
  ];
}
