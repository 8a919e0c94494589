/** The Helm chart as an OCI layout (helm.sh/docs/topics/registries): its archive, and Chart.yaml as the configuration. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { command } from './commands.mjs';
import { mediaTypes, OciLayout } from './oci-layout.mjs';

const name = 'recording-crypto-server';

/**
 * Packages the chart of a tree of sources with the digest of the image that belongs to it, so that an installation runs
 * that very image.
 * @returns its layout, its descriptor and the file of its archive.
 */
export function packageChart({ sources, directory, scratch, version, image, helm }) {
  const chart = join(scratch, name);
  cpSync(join(sources, 'helm', name), chart, { recursive: true });
  const values = join(chart, 'values.yaml');
  writeFileSync(values, pinImage(readFileSync(values, 'utf8'), image));
  command(helm, ['package', chart, '--destination', scratch]);
  const archive = join(scratch, `${name}-${version}.tgz`);
  const layout = new OciLayout(directory);
  const metadata = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
  const descriptor = layout.addManifest(version, {
    config: layout.addBlob(mediaTypes.helmConfig, JSON.stringify(metadata)),
    layers: [layout.addBlob(mediaTypes.helmChart, readFileSync(archive))],
  });
  return { layout, descriptor, archive };
}

/** @throws Error when the values have no such place, or the digest is there already. */
function pinImage(values, { repository, digest }) {
  const image = parse(values).image;
  if (image?.digest !== '') throw new Error('values.yaml must have an empty image.digest');
  return values.replace(/^( {2}digest:) ''$/mu, `$1 ${digest}`).replace(/^( {2}repository:) .*$/mu, `$1 ${repository}`);
}
