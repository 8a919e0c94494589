/**
 * All tests on the Node that the image uses: `npm run test:lts`, arguments as for `npm test`. The runtime comes from npm's
 * packages of Node; the tests run in a copy of the repository, so that native modules of the other Node stay as they are.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const cache = join(repository, '.cache/lts');
const copy = join(cache, 'repository');

/** The version in the first line of deploy/Dockerfile that names an image: one place for both. */
const version = /^ARG NODE_IMAGE=node:(\d+)/m.exec(readFileSync(join(repository, 'deploy/Dockerfile'), 'utf8'))?.[1];
const runtime = installRuntime(version);
copyRepository();
process.stderr.write(`Node ${execFileSync(join(runtime, 'bin/node'), ['--version'], { encoding: 'utf8' })}`);
const { status } = spawnSync(join(runtime, 'bin/node'), ['scripts/test.mjs', ...process.argv.slice(2)], {
  cwd: copy,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [join(runtime, 'bin'), process.env.PATH].join(delimiter),
    // Native modules are compiled against the headers of this Node.
    npm_config_nodedir: runtime,
    npm_config_prefer_offline: 'true',
  },
});
process.exit(status ?? 1);

/** npm's package `node` has the program alone; the one for the platform has its headers, too. */
function installRuntime(major) {
  const name = `node-${process.platform}-${process.arch}`;
  const directory = join(cache, `node-${major}`);
  const installed = join(directory, 'node_modules', name);
  if (!existsSync(join(installed, 'bin/node'))) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{"private":true}\n');
    const npm = ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${major}`];
    execFileSync('npm', npm, { cwd: directory, stdio: ['ignore', 2, 2] });
  }
  return installed;
}

/** What git knows or would know; node_modules and dist of the copy stay from one run to the next. */
function copyRepository() {
  const list = args => execFileSync('git', ['ls-files', '-z', ...args], { cwd: repository, encoding: 'utf8' });
  const names = list(['--cached', '--others', '--exclude-standard']).split('\0').filter(Boolean);
  for (const place of ['apps', 'libs', 'test', 'docs', 'helm', 'deploy', 'scripts'])
    rmSync(join(copy, place), { recursive: true, force: true });
  for (const name of names) {
    const source = join(repository, name);
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    copyFileSync(source, join(copy, name));
  }
}
