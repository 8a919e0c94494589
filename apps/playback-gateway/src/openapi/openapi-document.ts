import { productVersion } from '#platform';
import { securitySchemes } from './caller.js';
import { describeOperation, placeOf } from './describe-operation.js';
import { namedSchemas, type JsonSchema } from './named-schema.js';
import type { FeatureOperations, RouteKey } from './operation.js';
import { apiDescription } from './operations/api-description.js';
import { assignmentOperations } from './operations/assignments.js';
import { audit } from './operations/audit.js';
import { certificates } from './operations/certificates.js';
import { keyManagerAdministration } from './operations/key-manager-administration.js';
import { keyOperations } from './operations/keys.js';
import { localKeyManager } from './operations/local-key-manager.js';
import { playback } from './operations/playback.js';
import { labels } from './operations/labels.js';
import { mediaEncryptions } from './operations/media-encryptions.js';
import { recordings } from './operations/recordings.js';
import { consoleOperations } from './operations/console.js';
import { contactCenters } from './operations/contact-centers.js';
import { handOvers } from './operations/hand-overs.js';
import { removal } from './operations/removal.js';
import { archiveJobOperations } from './operations/archive-jobs.js';
import { archiveOperations } from './operations/archives.js';
import { custodyOperations } from './operations/custody.js';
import { keptArchiveOperations } from './operations/kept-archives.js';
import { rewrapOperations } from './operations/rewraps.js';
import { sessionOperations } from './operations/sessions.js';
import { settings } from './operations/settings.js';
import { storageStates } from './operations/storages.js';
import { systemState } from './operations/system-state.js';
import { userOperations } from './operations/users.js';

/** Everything the gateway answers, feature by feature. */
export const features: readonly FeatureOperations[] = [
  playback,
  recordings,
  labels,
  removal,
  mediaEncryptions,
  handOvers,
  sessionOperations,
  userOperations,
  contactCenters,
  audit,
  settings,
  certificates,
  assignmentOperations,
  keyOperations,
  rewrapOperations,
  archiveOperations,
  archiveJobOperations,
  keptArchiveOperations,
  custodyOperations,
  keyManagerAdministration,
  localKeyManager,
  storageStates,
  systemState,
  consoleOperations,
  apiDescription,
];

/** The OpenAPI 3.1 document of every route, made from the schemas that requests are checked with. */
export function openApiDocument(): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Recording Crypto Server',
      version: productVersion(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: features.map(({ feature }) => ({ name: feature })),
    paths: paths(),
    components: { securitySchemes, schemas: namedSchemas() },
  };
}

function paths(): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const { feature, operations } of features) {
    for (const [key, operation] of Object.entries(operations)) {
      const route = key as RouteKey;
      const { method, path } = placeOf(route);
      (result[path] ??= {})[method] = describeOperation(route, feature, operation);
    }
  }
  return result;
}
