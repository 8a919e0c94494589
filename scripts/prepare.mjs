/**
 * Brings a machine to the point where the project runs: Node, Debian packages, npm packages, build.
 * Plain Node without dependencies, because it runs before there are any. Everything it says goes to standard error.
 */
import './supported-node.mjs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './run-child.mjs';
import { fetchRuntime, shippedLine } from './runtime.mjs';

export const repository = fileURLToPath(new URL('..', import.meta.url));

/** What a task needs from Debian: a program (or file) that proves it is there, and the package that brings it. */
const native = [
  { needs: 'python3', debian: 'python3' },
  { needs: 'make', debian: 'make' },
  { needs: 'g++', debian: 'g++' },
];
const services = [
  { needs: 'softhsm2-util', debian: 'softhsm2' },
  { needs: 'redis-server', debian: 'redis-server' },
  { needs: 'apache2', debian: 'apache2' },
  { needs: 'openssl', debian: 'openssl' },
  { needs: 'curl', debian: 'curl' },
];
const nginx = [{ needs: 'nginx', debian: 'nginx-light' }];
const haproxy = [{ needs: 'haproxy', debian: 'haproxy' }];
const browser = [{ needs: 'chromium', debian: 'chromium' }];
const directory = [{ needs: 'slapd', debian: 'slapd' }];
const database = [{ needs: '../lib/postgresql', debian: 'postgresql' }];
const cassandra = [
  { needs: 'java', debian: 'default-jre-headless' },
  { needs: 'mvn', debian: 'maven' },
];
const java = [
  { needs: 'keytool', debian: 'default-jre-headless' },
  { needs: 'javac', debian: 'default-jdk-headless' },
];
const probe = [{ needs: 'ffprobe', debian: 'ffmpeg' }];
const monitoring = [{ needs: 'promtool', debian: 'prometheus' }];
const syslog = [
  { needs: 'rsyslogd', debian: 'rsyslog' },
  { needs: '../../var/lib/dpkg/info/rsyslog-openssl.list', debian: 'rsyslog-openssl' },
];
const players = [
  { needs: 'firefox-esr', debian: 'firefox-esr' },
  { needs: 'mpv', debian: 'mpv' },
  { needs: 'cvlc', debian: 'vlc-bin' },
  { needs: '../share/doc/vlc-plugin-base/copyright', debian: 'vlc-plugin-base' },
  { needs: 'gst-play-1.0', debian: 'gstreamer1.0-plugins-base-apps' },
  { needs: '../share/doc/gstreamer1.0-plugins-good/copyright', debian: 'gstreamer1.0-plugins-good' },
  { needs: '../share/doc/gstreamer1.0-libav/copyright', debian: 'gstreamer1.0-libav' },
];
const cache = [{ needs: 'varnishd', debian: 'varnish' }];
/** Tokens of others, which the tests of tier `all` start for themselves. */
const tokens = [
  { needs: 'pkcsslotd', debian: 'opencryptoki' },
  { needs: 'p11-kit', debian: 'p11-kit' },
  { needs: '../share/doc/p11-kit-modules/copyright', debian: 'p11-kit-modules' },
  { needs: 'certutil', debian: 'libnss3-tools' },
  { needs: 'pkcs11-tool', debian: 'opensc' },
  { needs: 'swtpm', debian: 'swtpm' },
  { needs: 'dbus-daemon', debian: 'dbus-daemon' },
  { needs: 'tpm2-abrmd', debian: 'tpm2-abrmd' },
  { needs: '../share/doc/libtss2-tcti-tabrmd0/copyright', debian: 'libtss2-tcti-tabrmd0' },
  { needs: 'tpm2_getcap', debian: 'tpm2-tools' },
  { needs: 'tpm2_ptool', debian: 'libtpm2-pkcs11-tools' },
  { needs: '../share/doc/libtpm2-pkcs11-1/copyright', debian: 'libtpm2-pkcs11-1' },
];
/** What Kryoptic is compiled with, besides Rust. */
const rust = [
  { needs: 'pkg-config', debian: 'pkg-config' },
  { needs: '../share/doc/libclang-dev/copyright', debian: 'libclang-dev' },
  { needs: '../share/doc/libssl-dev/copyright', debian: 'libssl-dev' },
  { needs: '../include/sqlite3.h', debian: 'libsqlite3-dev' },
];
const python = [{ needs: '../share/doc/python3-venv/copyright', debian: 'python3-venv' }];
const kubernetes = [{ needs: 'etcd', debian: 'etcd-server' }];
const yardsticks = ['rclone', 'wrk'].map(name => ({ needs: name, debian: name }));
const images = ['buildah', 'debootstrap', 'skopeo'].map(name => ({ needs: name, debian: name }));
const tests = [
  ...native,
  ...services,
  ...nginx,
  ...haproxy,
  ...directory,
  ...database,
  ...probe,
  ...java,
  ...browser,
  ...monitoring,
  ...syslog,
  ...players,
  ...cache,
];
const packagesOf = {
  quickstart: [...native, ...services],
  test: tests,
  'all test': [...tests, ...cassandra, ...tokens, ...rust, ...python, ...kubernetes],
  'long test': [...tests, ...cassandra, ...tokens, ...rust, ...python, ...kubernetes, ...images],
  bench: [...native, ...services, ...nginx, ...browser, ...probe, ...yardsticks],
};

const say = message => process.stderr.write(`${message}\n`);
/** Handed on, so that one clock runs from the first line to the last. */
export const startedAt = Number(process.env.RCSCTL_STARTED_AT) || Math.round(performance.timeOrigin);
/** Milliseconds of the scripts before this one. */
const before = Math.max(0, performance.timeOrigin - startedAt);
/** One line for each step, with the time since the start; also without a terminal, for logs. */
const step = message => say(`[${((before + performance.now()) / 1000).toFixed(1).padStart(6)} s] ${message}`);

/** Ends the process with one clear line. */
function fail(message) {
  say(message);
  process.exit(1);
}

/** Prepares for a task: quickstart, test, all test, long test or bench. */
export function prepare(task) {
  installDebianPackages(packagesOf[task], task.endsWith('test') ? say : fail);
  installNpmPackages();
  linkCommand();
  build();
}

/** Programs of the system administrator, Go and Rust are not in everybody's path. */
const searchPath = [
  ...(process.env.PATH ?? '').split(':'),
  ...['/usr/sbin', '/sbin', '/usr/local/go/bin', join(homedir(), '.cargo/bin')],
];
export const isInstalled = program => searchPath.some(directory => existsSync(join(directory, program)));

/** What cannot be installed is told to `giveUp`: tests go on with the kinds that need no more than there is. */
function installDebianPackages(packages, giveUp) {
  const missing = packages.filter(({ needs }) => !isInstalled(needs)).map(({ debian }) => debian);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!isInstalled('apt-get'))
    return giveUp(`These programs are missing and this is no Debian: ${missing.join(', ')}. Install them.`);
  const asRoot =
    process.getuid?.() === 0 ? [] : isInstalled('sudo') && runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
  if (asRoot === undefined) return giveUp(`Debian packages are missing. As root: ${command}`);
  step(`Installing Debian packages: ${missing.join(', ')}`);
  withoutStartingServices(asRoot, environment => {
    const apt = args => run([...asRoot, 'env', ...environment, 'apt-get', ...args], { quiet: true });
    apt(['update', '-q']);
    apt(['install', '-y', '-q', '--no-install-recommends', ...missing]);
  });
}

/** Debian starts a service when it installs it; ours are started by ourselves, with our own data. */
function withoutStartingServices(asRoot, install) {
  const policy = '/usr/sbin/policy-rc.d';
  const environment = ['DEBIAN_FRONTEND=noninteractive'];
  if (existsSync(policy)) return install(environment);
  const directory = mkdtempSync(join(tmpdir(), 'rcs-policy-'));
  const file = join(directory, 'policy-rc.d');
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  run([...asRoot, 'install', '-m', '755', file, policy]);
  try {
    install(environment);
  } finally {
    run([...asRoot, 'rm', '-f', policy]);
    rmSync(directory, { recursive: true, force: true });
  }
}

function installNpmPackages() {
  const marker = join(repository, 'node_modules/.recording-crypto-server');
  // Native parts speak Node-API alone: what was installed under one version of Node runs under every other.
  const wanted = hashOf([join(repository, 'package-lock.json'), join(repository, 'package.json')]);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  step('Installing npm packages (one native part is built from source, about a minute)');
  const env = { ...process.env, npm_config_nodedir: prefixWithHeaders() };
  run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true, env });
  writeFileSync(marker, wanted);
}

/** Headers of Node, which node-gyp would look for on nodejs.org: this Node's, or those that npm has. */
function prefixWithHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_api.h'))
    ? prefix
    : fetchRuntime(shippedLine, 'to compile a native part against its headers');
}

/** `npx rcsctl` finds the command here; npm links what packages bring, and not what the project itself has. */
function linkCommand() {
  const link = join(repository, 'node_modules/.bin/rcsctl');
  if (!existsSync(link)) symlinkSync('../../scripts/rcsctl.mjs', link);
}

/** What makes the build, besides the sources: packages are a part of each program. */
const makers = [
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
  'scripts/copy-assets.mjs',
  'scripts/native.mjs',
  'scripts/bundle.mjs',
  'scripts/on-demand.mjs',
  'scripts/loaded-on-demand.json',
  'scripts/api-description.mjs',
  'scripts/console.mjs',
];

/** Builds when anything is different from what was built last. */
export function build() {
  const marker = join(repository, 'dist/.recording-crypto-server');
  const sources = ['apps', 'libs'].flatMap(directory => filesBelow(join(repository, directory)));
  const wanted = hashOf([...sources, ...makers.map(file => join(repository, file))]);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  step('Building');
  run(['npm', 'run', '--silent', 'build']);
  writeFileSync(marker, wanted);
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap(entry => (entry.isDirectory() ? filesBelow(join(directory, entry.name)) : [join(directory, entry.name)]))
    .filter(file => statSync(file).isFile())
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(relative(repository, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

function run([program, ...args], { quiet = false, env = process.env } = {}) {
  const result = runToEnd(program, args, {
    cwd: repository,
    env,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : ['ignore', 2, 2],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  if (quiet) say(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  fail(`${[program, ...args].join(' ')} failed${result.error === undefined ? '' : `: ${result.error.message}`}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const task = process.argv[2] ?? 'quickstart';
  if (!Object.hasOwn(packagesOf, task)) fail(`Prepare for what? One of ${Object.keys(packagesOf).join(', ')}.`);
  prepare(task);
}
