/**
 * A Node of its own for the project, fetched once from npm below .cache/runtime, with the npm that goes with it: the same
 * layout as a distribution of Node. Its versions and digests are pinned in runtimes.json. Runs on older Node, too.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../.cache/runtime', import.meta.url));
const pinned = JSON.parse(readFileSync(new URL('runtimes.json', import.meta.url), 'utf8'));

/** The line that the project is developed and shipped on. */
export const shippedLine = 24;

/** Whether the project runs on this version: 22.12 and newer, and of those the lines with long-term support. */
export function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major % 2 === 0 && (major > 22 || (major === 22 && minor >= 12));
}

/** Where a Node of this line is, fetched if need be, and what for. @throws Error when it cannot be had. */
export function fetchRuntime(line, purpose = `to run under it instead of ${process.versions.node}`) {
  const node = pinned[line]?.[`${process.platform}-${process.arch}`];
  if (node === undefined) throw new Error(`npm has no Node ${line} for ${process.platform} on ${process.arch}`);
  const runtime = join(cache, `${node.package}-${node.version}`);
  if (existsSync(join(runtime, 'bin/node'))) return runtime;
  process.stderr.write(`Fetching Node ${node.version} from npm, once, ${purpose} (below .cache/runtime)\n`);
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'fetching-'));
  try {
    const unpacked = join(directory, 'runtime');
    unpack(node, unpacked, directory);
    unpack(pinned.npm, join(unpacked, 'lib/node_modules/npm'), directory);
    for (const name of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(unpacked, 'bin', name));
    // Another process may have been faster.
    if (!existsSync(runtime)) renameSync(unpacked, runtime);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return runtime;
}

/** The environment in which programs find this Node and its npm first. */
export function runtimeEnvironment(runtime) {
  return { ...process.env, PATH: [join(runtime, 'bin'), process.env.PATH].join(delimiter) };
}

function unpack({ package: name, version, integrity }, target, directory) {
  run('npm', ['pack', '--silent', '--pack-destination', directory, `${name}@${version}`], directory);
  const archive = join(directory, `${name}-${version}.tgz`);
  const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (digest !== integrity) throw new Error(`${name} ${version} from npm is not what runtimes.json says: ${digest}`);
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', archive, '-C', target, '--strip-components=1', '--no-same-owner'], directory);
}

function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
}
