/** An OCI image layout (opencontainers/image-spec, image-layout.md): blobs by digest, and an index that names manifests. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  imageConfig: 'application/vnd.oci.image.config.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
  helmConfig: 'application/vnd.cncf.helm.config.v1+json',
  helmChart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  cycloneDx: 'application/vnd.cyclonedx+json',
  cosignPayload: 'application/vnd.dev.cosign.simplesigning.v1+json',
};

/** What `ref.name` of a manifest in the index is: how `skopeo copy oci:DIRECTORY:REFERENCE` finds it. */
const referenceName = 'org.opencontainers.image.ref.name';

export const digestOf = bytes => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export class OciLayout {
  /** Opens a layout, or begins an empty one where there is none. */
  constructor(directory) {
    this.directory = directory;
    this.indexFile = join(directory, 'index.json');
    if (existsSync(this.indexFile)) return;
    mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    this.write({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
  }

  /** The descriptor of the manifest with this reference. @throws Error when there is none. */
  find(reference) {
    const found = this.index().manifests.find(({ annotations }) => annotations?.[referenceName] === reference);
    if (found === undefined) throw new Error(`${this.directory} has no manifest ${reference}`);
    return found;
  }

  /** Stores bytes under their digest. Resolves to their descriptor. */
  addBlob(mediaType, content, rest = {}) {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    writeFileSync(join(this.directory, 'blobs', ...digest.split(':')), bytes);
    return { mediaType, digest, size: bytes.length, ...rest };
  }

  /** Stores a manifest and names it in the index. Returns its descriptor. */
  addManifest(reference, content) {
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, ...content };
    const rest = {
      ...(content.artifactType === undefined ? {} : { artifactType: content.artifactType }),
      annotations: { [referenceName]: reference },
    };
    const descriptor = this.addBlob(mediaTypes.manifest, JSON.stringify(manifest), rest);
    const index = this.index();
    this.write({ ...index, manifests: [...index.manifests, descriptor] });
    return descriptor;
  }

  index() {
    return JSON.parse(readFileSync(this.indexFile, 'utf8'));
  }

  write(index) {
    writeFileSync(this.indexFile, JSON.stringify(index));
  }
}

/** An artifact without a configuration of its own that is about another manifest (image-spec, manifest.md). */
export function attach(layout, reference, artifactType, subject, content) {
  const { mediaType, digest, size } = subject;
  return layout.addManifest(reference, {
    artifactType,
    config: layout.addBlob(mediaTypes.empty, '{}'),
    layers: [layout.addBlob(artifactType, content)],
    subject: { mediaType, digest, size },
  });
}
