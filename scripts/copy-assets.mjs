/** Copies what the compiler leaves out (protocol definitions and the like) beside the compiled code. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const assets = ['.proto', '.sql', '.json'];

function copy(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    // The console is put together by another program.
    if (path === join(repository, 'apps/console')) continue;
    if (entry.isDirectory()) copy(path);
    else if (assets.some(ending => entry.name.endsWith(ending))) {
      const target = join(repository, 'dist', relative(repository, path));
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(path, target);
    }
  }
}

for (const directory of ['apps', 'libs']) copy(join(repository, directory));
