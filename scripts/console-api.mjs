/**
 * Writes the types of the console's requests and answers from the description of the API: `npm run docs`; with `--print`
 * to standard output, for the test that holds the file up to date. Problems are of one form, and not repeated.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const repository = fileURLToPath(new URL('..', import.meta.url));
const document = JSON.parse(readFileSync(join(repository, 'dist/apps/playback-gateway/openapi.json'), 'utf8'));

for (const operations of Object.values(document.paths))
  for (const operation of Object.values(operations))
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses).filter(([status]) => Number(status) < 400),
    );

const nodes = await openapiTypescript(document, { alphabetize: true });
const types = `/** Made from the description of the API by \`npm run docs\`. */\n\n${astToString(nodes)}`;
if (process.argv.includes('--print')) process.stdout.write(types);
else writeFileSync(join(repository, 'apps/console/src/api/api-types.ts'), types);
