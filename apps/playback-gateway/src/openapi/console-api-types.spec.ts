import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(__dirname, '../../../..');

it('the types that the console has of the API are those of its description; run `npm run docs` when this fails', async () => {
  const options = { maxBuffer: 32 * 1024 * 1024, timeout: 60_000 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(repository, 'scripts/console-api.mjs'), '--print'],
    options,
  );
  expect(readFileSync(join(repository, 'apps/console/src/api/api-types.ts'), 'utf8') === stdout).toBe(true);
});
