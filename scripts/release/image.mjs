/** The image as an OCI layout, built by buildah (Debian package) from deploy/Dockerfile; needs no daemon. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.mjs';
import { OciLayout } from './oci-layout.mjs';
import { billOfMaterials } from './sbom.mjs';

/** What the image begins with, as deploy/Dockerfile asks for it. */
const baseImage = 'docker.io/library/debian:trixie-slim';
const localBase = 'localhost/base:given';

/**
 * Builds the image of a tree of sources. Nothing is left of the build but the layout.
 * @param base where to take the base image from instead of its registry, e.g. `oci:DIRECTORY:TAG`.
 * @param seconds time of everything in the image since 1970, so that the same sources give the same image.
 * @returns its layout, its descriptor and its bill of materials.
 */
export function buildImage({ sources, directory, scratch, version, revision, seconds, base }) {
  const [storageRoot, runRoot] = [join(scratch, 'storage'), join(scratch, 'run')];
  const storage = ['--root', storageRoot, '--runroot', runRoot, '--storage-driver', 'vfs'];
  const buildah = (name, ...args) => command('buildah', [...storage, name, ...args], { cwd: sources });
  const image = `localhost/recording-crypto-server:${version}`;
  const label = (name, value) => ['--label', `org.opencontainers.image.${name}=${value}`];
  if (base !== undefined)
    command('skopeo', ['copy', '--quiet', base, `containers-storage:[vfs@${storageRoot}+${runRoot}]${localBase}`]);
  const from =
    base === undefined ? [] : ['NODE_IMAGE', 'RUNTIME_IMAGE'].flatMap(name => ['--build-arg', `${name}=${localBase}`]);
  buildah(
    ...['build', '--quiet', '--isolation', 'chroot', '--layers=false', '--timestamp', String(seconds), ...from],
    ...label('title', 'Recording Crypto Server'),
    ...label('version', version),
    ...label('revision', revision),
    ...label('licenses', 'Apache-2.0'),
    ...label('base.name', baseImage),
    ...['--file', 'deploy/Dockerfile', '--tag', image, '.'],
  );
  mkdirSync(directory, { recursive: true });
  buildah('push', '--quiet', image, `oci:${directory}:${version}`);
  const container = buildah('from', image);
  const bill = billOfMaterials(buildah('mount', container));
  buildah('rm', container);
  const layout = new OciLayout(directory);
  return { layout, descriptor: layout.find(version), bill };
}
