/**
 * Writes the description of the gateway's HTTP API beside the gateway, for the tests that hold every answer to it; with
 * --page docs/api.md instead.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const built = createRequire(join(repository, 'dist/'));
built('reflect-metadata');
const { openApiDocument } = built('./apps/playback-gateway/src/openapi/openapi-document.js');
const { apiPage } = built('./apps/playback-gateway/src/openapi/api-page.js');

const document = openApiDocument();
if (process.argv.includes('--page')) writeFileSync(join(repository, 'docs/api.md'), apiPage(document));
else writeFileSync(join(repository, 'dist/apps/playback-gateway/openapi.json'), `${JSON.stringify(document)}\n`);
