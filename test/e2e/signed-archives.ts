import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestSchema, type ArchiveManifest } from '#archive';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { archiveOf } from '#test/archives/made-archives.js';
import type { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

/** What is in an archive. */
export interface ArchiveContents {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly manifest: ArchiveManifest;
}

/** An archive of recordings that are there, as the gateway makes it. */
export async function archiveContents(
  client: CurlClient,
  gateway: string,
  recordings: readonly string[],
  more: object = {},
): Promise<ArchiveContents> {
  const request = client.write(
    'request.json',
    Buffer.from(JSON.stringify({ recordings, reason: 'to restore', ...more })),
  );
  const headers = ['--header', 'Content-Type: application/json', '--data-binary', `@${request}`];
  const answer = await curl(...client.asUser('alice'), ...headers, `${gateway}/rcs/archives`);
  expect(answer.status).toBe(200);
  const zip = client.write('archive.zip', answer.body);
  const read = (name: string): Buffer => execFileSync('unzip', ['-p', zip, name], { maxBuffer: 2 ** 28 });
  const manifest = manifestSchema.parse(JSON.parse(read('manifest.json').toString()));
  return { manifest, files: new Map(manifest.members.map(({ path }) => [path, read(path)])) };
}

/**
 * The same archive, of recordings that nobody has, as a vault of this cluster might have signed it.
 * @param names the new ids by the old ones
 */
export async function archiveOfOthers(
  { ready }: Pick<RunningCluster, 'ready'>,
  original: ArchiveContents,
  names: ReadonlyMap<string, string>,
  { service = 'key-vault', changed = {} }: { service?: string; changed?: Partial<ArchiveManifest> } = {},
): Promise<Buffer> {
  const renamed = (text: string): string =>
    [...names].reduce((result, [old, other]) => result.replaceAll(old, other), text);
  const files = new Map(
    [...original.files].map(([path, bytes]) => [
      renamed(path),
      path.endsWith('.json') ? Buffer.from(renamed(bytes.toString())) : bytes,
    ]),
  );
  const members = original.manifest.members.map(member => {
    const bytes = files.get(renamed(member.path))!;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const recording = member.recording === undefined ? {} : { recording: renamed(member.recording) };
    const mediaFile = member.mediaFile === undefined ? {} : { mediaFile: renamed(member.mediaFile) };
    return { ...member, path: renamed(member.path), length: bytes.length, sha256, ...recording, ...mediaFile };
  });
  const tls = (end: string): Buffer => readFileSync(join(ready.dataDir, 'internal-tls', `${service}.${end}`));
  const manifest = { ...original.manifest, id: randomUUID(), members, ...changed };
  return archiveOf(files, { certificatePem: tls('pem'), keyPem: tls('key') }, manifest);
}
