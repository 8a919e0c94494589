/** The bill of materials of an image: its npm packages (CycloneDX, as the build of the tree wrote it) and its Debian packages. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const npmBill = 'opt/recording-crypto-server/sbom.cdx.json';
const debianStatus = 'var/lib/dpkg/status';

/** @param root where the file system of the image is. */
export function billOfMaterials(root) {
  const bill = JSON.parse(readFileSync(join(root, npmBill), 'utf8'));
  return { ...bill, components: [...bill.components, nodeOf(root), ...debianPackages(root)].filter(Boolean) };
}

/** The version that the headers of Node name are gone from the image; its own report is not. */
function nodeOf(root) {
  const file = join(root, 'usr/local/bin/node');
  if (!existsSync(file)) throw new Error(`${file} is missing: this is no image of the server`);
  const version = /node-v(\d+\.\d+\.\d+)/.exec(readFileSync(file, 'latin1'))?.[1];
  if (version === undefined) throw new Error(`${file} does not say which version of Node it is`);
  return { type: 'platform', name: 'node', version, purl: `pkg:generic/node@${version}` };
}

/** The installed packages of the status file of dpkg (deb-status, paragraphs of `Field: value` lines). */
function debianPackages(root) {
  return readFileSync(join(root, debianStatus), 'utf8')
    .split('\n\n')
    .filter(paragraph => /^Status: .* installed$/mu.test(paragraph))
    .map(paragraph => {
      const field = name => new RegExp(`^${name}: (.*)$`, 'mu').exec(paragraph)?.[1] ?? '';
      const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
      const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
      return { type: 'library', 'bom-ref': purl, name, version, purl };
    });
}
