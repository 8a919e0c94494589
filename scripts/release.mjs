/**
 * Releases a version: changelog, version numbers and tag; image and chart as OCI layouts with the image's digest in the chart,
 * a bill of materials, all of it signed. Nothing is pushed, and nothing changes in this checkout before everything is built.
 *
 *   node scripts/release.mjs 1.2.0 --key release.key --repository registry.example.com/recording-crypto-server
 */
import './supported-node.mjs';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { askForAdvisories } from './advisories.mjs';
import { isInstalled, repository as checkout } from './prepare.mjs';
import { cutChangelog, unreleasedNotes } from './release/changelog.mjs';
import { packageChart } from './release/chart.mjs';
import { command } from './release/commands.mjs';
import { buildImage } from './release/image.mjs';
import { attach, digestOf, mediaTypes } from './release/oci-layout.mjs';
import { publicKeyOf, readSigningKey, signatureOf, signManifest } from './release/signature.mjs';
import { compareVersions, parseVersion } from './release/version.mjs';

const usage = `Usage: npm run release -- VERSION --key FILE --repository NAME [--out DIRECTORY] [--base IMAGE] [--json]

  --key FILE         EC key on P-256 (PEM) that signs; its passphrase in RCS_RELEASE_PASSPHRASE
  --repository NAME  where the image will be pushed: stands in the chart and in the signatures
  --out DIRECTORY    for image, chart, bill of materials and signatures; release/VERSION otherwise
  --base IMAGE       the base image from elsewhere than its registry: oci:DIRECTORY:TAG
  --helm FILE        the helm command
  --json             what was made, for programs
`;

const say = message => process.stderr.write(`${message}\n`);

async function main() {
  const { version, ...options } = readArguments();
  const key = readSigningKey(options.key, process.env.RCS_RELEASE_PASSPHRASE);
  await refuseUnlessReady(version, options);
  const scratch = mkdtempSync(join(tmpdir(), 'rcs-release-'));
  const sources = join(scratch, 'sources');
  const git = (...args) => command('git', ['-C', checkout, ...args]);
  git('worktree', 'add', '--quiet', '--detach', sources, 'HEAD');
  try {
    const revision = commitVersion(sources, version);
    mkdirSync(options.out, { recursive: true });
    const made = build({ ...options, version, revision, sources, scratch, key });
    git('merge', '--quiet', '--ff-only', revision);
    git('tag', '--annotate', `v${version}`, '--message', `Version ${version}`, revision);
    report(version, made, options);
  } finally {
    git('worktree', 'remove', '--force', sources);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readArguments() {
  const text = { type: 'string' };
  const options = { key: text, repository: text, out: text, base: text, helm: text, json: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [version] = positionals;
  if (positionals.length !== 1 || values.key === undefined || values.repository === undefined) throw new Error(usage);
  parseVersion(version);
  return {
    ...values,
    version,
    out: resolve(values.out ?? join(checkout, 'release', version)),
    helm: values.helm ?? 'helm',
  };
}

/** @throws Error with all that stands in the way. */
async function refuseUnlessReady(version, { out, helm }) {
  const git = (...args) => command('git', ['-C', checkout, ...args]);
  const problems = [];
  const present = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version;
  const isFirst = git('tag', '--list', 'v*') === '';
  const order = compareVersions(version, present);
  if (order < 0 || (order === 0 && !isFirst)) problems.push(`${version} does not come after ${present}`);
  if (git('tag', '--list', `v${version}`) !== '') problems.push(`there is a tag v${version}`);
  if (git('status', '--porcelain') !== '') problems.push('there are changes that are not committed');
  if (git('rev-parse', '--abbrev-ref', 'HEAD') !== 'main') problems.push('this is not the branch main');
  if (existsSync(out)) problems.push(`${out} is there already`);
  for (const program of ['buildah', helm])
    if (!program.includes('/') && !isInstalled(program)) problems.push(`${program} is not installed`);
  try {
    unreleasedNotes(readFileSync(join(checkout, 'CHANGELOG.md'), 'utf8'));
  } catch (error) {
    problems.push(error.message);
  }
  const { vulnerable, reason } = await askForAdvisories(checkout);
  if (vulnerable === undefined) problems.push(`advisories unchecked: ${reason}`);
  else if (vulnerable > 0) problems.push(`${vulnerable} packages have advisories: npm audit --omit=dev`);
  if (problems.length > 0) throw new Error(`Not released:\n${problems.map(problem => `  ${problem}`).join('\n')}`);
}

/** Commits the version number and the changelog of it. Returns the commit. */
function commitVersion(sources, version) {
  const today = new Date().toISOString().slice(0, 10);
  const edit = (file, change) => {
    const path = join(sources, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  edit('CHANGELOG.md', changelog => cutChangelog(changelog, version, today));
  edit('package.json', text => text.replace(/^( {2}"version": )".*"/mu, `$1"${version}"`));
  // The first two versions of a lock are those of the package itself.
  edit('package-lock.json', text => text.replace(/^((?: {2}| {6})"version": )"[^"]*"/gmu, versionOfPackage(version)));
  edit('helm/recording-crypto-server/Chart.yaml', text =>
    text.replace(/^(version|appVersion): .*$/gmu, `$1: ${version}`),
  );
  command('git', ['-C', sources, 'commit', '--quiet', '--all', '--message', `Version ${version}`]);
  return command('git', ['-C', sources, 'rev-parse', 'HEAD']);
}

function versionOfPackage(version) {
  let seen = 0;
  return (line, before) => (++seen <= 2 ? `${before}"${version}"` : line);
}

function build({ version, revision, sources, scratch, out, key, repository, base, helm }) {
  say('Building the image');
  const seconds = Number(command('git', ['-C', sources, 'log', '-1', '--format=%ct']));
  const image = buildImage({ sources, directory: join(out, 'image'), scratch, version, revision, seconds, base });
  const bill = JSON.stringify(image.bill);
  attach(
    image.layout,
    `${image.descriptor.digest.replace(':', '-')}.sbom`,
    mediaTypes.cycloneDx,
    image.descriptor,
    bill,
  );
  signManifest(image.layout, key, repository, image.descriptor);
  say('Packaging the chart');
  const pinned = { repository, digest: image.descriptor.digest };
  const chart = packageChart({ sources, directory: join(out, 'chart'), scratch, version, image: pinned, helm });
  signManifest(chart.layout, key, `${repository}-chart`, chart.descriptor);
  const files = { 'sbom.cdx.json': bill, [basename(chart.archive)]: readFileSync(chart.archive) };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content);
  const statement = {
    version,
    revision,
    image: { repository, digest: image.descriptor.digest },
    chart: { digest: chart.descriptor.digest },
    files: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, digestOf(content)])),
  };
  const text = `${JSON.stringify(statement, undefined, 2)}\n`;
  writeFileSync(join(out, 'release.json'), text);
  writeFileSync(join(out, 'release.json.sig'), `${signatureOf(key, text)}\n`);
  writeFileSync(join(out, 'release.pub'), publicKeyOf(key));
  copyFileSync(join(sources, 'CHANGELOG.md'), join(out, 'CHANGELOG.md'));
  return statement;
}

function report(version, statement, { out, json }) {
  if (json) process.stdout.write(`${JSON.stringify({ ...statement, directory: out })}\n`);
  say(`Version ${version} is in ${out}: image ${statement.image.digest}, chart ${statement.chart.digest}`);
  say(`Next: git push origin main v${version}`);
  say(`      skopeo copy --all oci:${join(out, 'image')}:${version} docker://${statement.image.repository}:${version}`);
}

main().catch(error => {
  say(error.message);
  process.exitCode = 1;
});
