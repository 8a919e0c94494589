import { execFile } from 'node:child_process';
import { createHash, createVerify, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { findGo } from '#test/go/go-tools.js';
import { buildChartTools } from '#test/helm/chart-tools.js';
import { within } from '#test/waiting/within.js';

jest.setTimeout(40 * 60_000);

const run = promisify(execFile);
const repository = join(__dirname, '../..');
const limits = { timeout: 30 * 60_000, maxBuffer: 256 * 1024 * 1024 };
const work = mkdtempSync(join(tmpdir(), 'rcs-release-test-'));
const checkout = join(work, 'checkout');
const keyFile = join(work, 'release.key');
const passphrase = randomBytes(12).toString('hex');
const version = '0.2.0';
const name = 'registry.example.com/recordings/recording-crypto-server';

/** Stands where the npm registry does, for the question about advisories alone: there are none. */
const registry = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
});

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly says: string;
}

async function release(args: readonly string[], registryUrl: string): Promise<Outcome> {
  const env = { ...process.env, RCS_RELEASE_PASSPHRASE: passphrase, npm_config_registry: registryUrl };
  const script = join(checkout, 'scripts/release.mjs');
  try {
    const { stdout, stderr } = await run(process.execPath, [script, ...args], { ...limits, cwd: checkout, env });
    return { status: 0, output: stdout, says: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, output: stdout, says: stderr };
  }
}

const git = async (...args: readonly string[]): Promise<string> =>
  (await run('git', ['-C', checkout, ...args], limits)).stdout.trim();

async function buildah(...args: readonly string[]): Promise<string> {
  const storage = ['--root', join(work, 'storage'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs'];
  return (await run('buildah', [...storage, ...args], limits)).stdout.trim();
}

/** Where a proxy stands before the registry, its authority is one of the machine's. */
function trustAuthoritiesOfThisMachine(root: string): void {
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  if (authorities === undefined) return;
  const directory = join(root, 'usr/local/etc');
  mkdirSync(directory, { recursive: true });
  copyFileSync(authorities, join(directory, 'authorities.pem'));
  writeFileSync(join(directory, 'npmrc'), 'cafile=/usr/local/etc/authorities.pem\n');
}

/** Debian and the Node that runs this test: what the base image of the registry is, from sources that can be reached. */
async function makeBaseImage(directory: string): Promise<string> {
  const root = join(work, 'base');
  await run('debootstrap', ['--variant=minbase', 'trixie', root], limits);
  mkdirSync(join(root, 'usr/local/lib/node_modules'), { recursive: true });
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
  const npm = join(process.execPath, '../../lib/node_modules/npm');
  await run('cp', ['-r', npm, join(root, 'usr/local/lib/node_modules/npm')], limits);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  // Of Node-API, which native parts are compiled against, the headers of every Node are the same.
  const headers = [join(process.execPath, '../../include/node'), '/usr/include/node'].find(existsSync);
  if (headers === undefined) throw new Error('the headers of Node are needed: /usr/include/node');
  mkdirSync(join(root, 'usr/local/include'), { recursive: true });
  await run('cp', ['-r', headers, join(root, 'usr/local/include/node')], limits);
  trustAuthoritiesOfThisMachine(root);
  const container = await buildah('from', 'scratch');
  await buildah('copy', '--quiet', container, root, '/');
  await buildah('commit', '--quiet', container, `oci:${directory}:base`);
  return `oci:${directory}:base`;
}

let registryUrl: string;
let helm: string;

beforeAll(async () => {
  await run('git', ['clone', '--quiet', repository, checkout], limits);
  await git('checkout', '--quiet', '-B', 'main');
  await git('config', 'user.name', 'Release Test');
  await git('config', 'user.email', 'release@example.com');
  symlinkSync(join(repository, 'node_modules'), join(checkout, 'node_modules'));
  // The link to the packages is no directory, which .gitignore speaks of.
  appendFileSync(join(checkout, '.git/info/exclude'), 'node_modules\n');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }));
  registry.listen(0, '127.0.0.1');
  await within('the registry to listen', once(registry, 'listening'));
  registryUrl = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const go = findGo();
  if (go === undefined) throw new Error('Go 1.24 or newer is needed, for helm');
  helm = (await buildChartTools(go)).helmProgram;
});

afterAll(async () => {
  registry.close();
  await run('rm', ['-rf', work], limits);
});

const args = () => [version, '--key', keyFile, '--repository', name, '--helm', helm];

describe('a release is refused, and the checkout stays as it was', () => {
  it('says all that stands in the way at once', async () => {
    writeFileSync(join(checkout, 'left-over'), 'x');
    const { status, says } = await release(['0.0.9', ...args().slice(1)], 'http://127.0.0.1:9');
    rmSync(join(checkout, 'left-over'));
    expect(status).toBe(1);
    expect(says).toContain('0.0.9 does not come after');
    expect(says).toContain('there are changes that are not committed');
    expect(says).toContain('advisories unchecked');
    expect(await git('tag', '--list')).toBe('');
  });

  it.each([
    ['a version that is none', ['1.2', '--key', 'x', '--repository', 'y'], '1.2 is no version'],
    ['a key that is none', ['1.2.0', '--key', '/dev/null', '--repository', 'y'], '--key /dev/null'],
    ['no version', ['--key', 'x', '--repository', 'y'], 'Usage: npm run release'],
  ])('%s', async (_what, given, says) => {
    const outcome = await release(given, registryUrl);
    expect(outcome).toMatchObject({ status: 1, says: expect.stringContaining(says) as string });
  });
});

describe('a release', () => {
  const out = join(work, 'out');
  let statement: {
    image: { digest: string };
    chart: { digest: string };
    files: Record<string, string>;
    revision: string;
  };
  const read = (...path: readonly string[]): Buffer => readFileSync(join(out, ...path));
  const blob = (layout: string, digest: string): Buffer => read(layout, 'blobs', ...digest.split(':'));
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names what the caller expects
  const json = <T>(bytes: Buffer): T => JSON.parse(bytes.toString()) as T;

  beforeAll(async () => {
    const base = await makeBaseImage(join(work, 'base-layout'));
    const outcome = await release([...args(), '--base', base, '--out', out, '--json'], registryUrl);
    if (outcome.status !== 0) throw new Error(outcome.says);
    statement = JSON.parse(outcome.output) as typeof statement;
  });

  it('tags a commit that has version and changelog', async () => {
    expect(await git('rev-parse', `v${version}^{commit}`)).toBe(statement.revision);
    expect(await git('rev-parse', 'main')).toBe(statement.revision);
    expect(readFileSync(join(checkout, 'CHANGELOG.md'), 'utf8')).toMatch(
      /## \[Unreleased\]\n\n## \[0\.2\.0\] - \d{4}-\d\d-\d\d\n\n### /u,
    );
    expect(json<{ version: string }>(readFileSync(join(checkout, 'package.json'))).version).toBe(version);
    expect(await git('status', '--porcelain')).toBe('');
  });

  it('makes an image that other tools read, and that runs', async () => {
    const inspected = json<{ Digest: string; Labels: Record<string, string> }>(
      Buffer.from((await run('skopeo', ['inspect', `oci:${join(out, 'image')}:${version}`], limits)).stdout),
    );
    expect(inspected.Digest).toBe(statement.image.digest);
    expect(inspected.Labels).toMatchObject({
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': statement.revision,
    });
    const [root, runRoot] = [join(work, 'storage'), join(work, 'run')];
    const image = `containers-storage:[vfs@${root}+${runRoot}]localhost/released:latest`;
    await run('skopeo', ['copy', '--quiet', `oci:${join(out, 'image')}:${version}`, image], limits);
    const container = await buildah('from', 'localhost/released:latest');
    const mounted = await buildah('mount', container);
    const entry = '/opt/recording-crypto-server/bin/recording-crypto-server';
    const { stdout } = await run('chroot', ['--userspec=65532:65532', mounted, entry, 'rcsctl', '--help'], limits);
    expect(stdout).toContain('Usage: rcsctl');
  });

  it('packages a chart that installs this very image', async () => {
    const { manifests } = json<{ manifests: { digest: string }[] }>(read('chart', 'index.json'));
    expect(manifests[0]?.digest).toBe(statement.chart.digest);
    const { layers } = json<{ layers: { digest: string }[] }>(blob('chart', statement.chart.digest));
    const archive = join(work, 'chart.tgz');
    writeFileSync(archive, blob('chart', layers[0]?.digest ?? ''));
    const values = parse((await run(helm, ['show', 'values', archive], limits)).stdout) as { image: object };
    expect(values.image).toMatchObject({ repository: name, digest: statement.image.digest });
    expect((await run(helm, ['show', 'chart', archive], limits)).stdout).toContain(`version: ${version}`);
  });

  it('lists what is in the image: npm packages, Node and Debian packages', () => {
    const { components } = json<{ components: { name: string; purl: string }[] }>(read('sbom.cdx.json'));
    const purls = components.map(({ purl }) => purl);
    for (const start of ['pkg:npm/fastify@', 'pkg:generic/node@24.', 'pkg:deb/debian/libc6@'])
      expect(purls.filter(purl => purl.startsWith(start))).toHaveLength(1);
  });

  it('signs the statement, and the statement names every file', () => {
    const signature = Buffer.from(read('release.json.sig').toString(), 'base64');
    expect(createVerify('sha256').update(read('release.json')).verify(read('release.pub'), signature)).toBe(true);
    const { files } = json<typeof statement>(read('release.json'));
    expect(Object.keys(files)).toEqual(['sbom.cdx.json', `recording-crypto-server-${version}.tgz`]);
    for (const [file, digest] of Object.entries(files))
      expect(digest).toBe(`sha256:${createHash('sha256').update(read(file)).digest('hex')}`);
  });

  it.each(['image', 'chart'] as const)('signs the %s as cosign does', layout => {
    const { digest } = statement[layout];
    const tag = `${digest.replace(':', '-')}.sig`;
    const { manifests } = json<{ manifests: { digest: string; annotations: Record<string, string> }[] }>(
      read(layout, 'index.json'),
    );
    const signed = manifests.find(({ annotations }) => annotations['org.opencontainers.image.ref.name'] === tag);
    const { layers } = json<{ layers: { digest: string; annotations: Record<string, string> }[] }>(
      blob(layout, signed?.digest ?? ''),
    );
    const payload = blob(layout, layers[0]?.digest ?? '');
    const signature = Buffer.from(layers[0]?.annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64');
    expect(verify('sha256', payload, read('release.pub').toString(), signature)).toBe(true);
    expect(json<{ critical: { image: object } }>(payload).critical.image).toEqual({ 'docker-manifest-digest': digest });
  });
});
