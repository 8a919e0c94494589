import { readFileSync } from 'node:fs';
import { GatewayClient } from '../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { plaintextOf, plaintextOfFile, type Plaintext } from '../../apps/rcsctl/src/recorder/plaintext.js';
import { recordMedia } from '../../apps/rcsctl/src/recorder/record-media.js';
import { RecorderStorage } from '../../apps/rcsctl/src/recorder/recorder-storage.js';
import type { ReadyLine } from '../support/cluster/running-cluster.js';

/** Stores bytes as they are; answers the path the yardstick fetches. */
export const putPlain = (ready: ReadyLine, name: string, media: Buffer): Promise<string> =>
  put(ready, name, plaintextOf(media));

/** A file that is too large for memory. */
export const putPlainFile = async (ready: ReadyLine, name: string, file: string): Promise<string> =>
  put(ready, name, await plaintextOfFile(file));

async function put(ready: ReadyLine, name: string, media: Plaintext): Promise<string> {
  const storage = new RecorderStorage(ready.webdav, ready.contactCenter);
  await storage.store(name, () => ({ stored: media.open(), length: media.length }));
  await storage.close();
  return `${new URL(ready.webdav.url).pathname}/${name}`;
}

/** What players are told of a media file. */
interface MediaKind {
  readonly extension: string;
  readonly type: string;
}

/** Records bytes as a recorder does; answers the play path. */
export const insertEncrypted = (
  ready: ReadyLine,
  id: string,
  media: Buffer,
  kind: MediaKind = { extension: 'mp3', type: 'audio/mp3' },
): Promise<string> => insert(ready, id, plaintextOf(media), kind);

/** A file that is too large for memory. */
export const insertEncryptedFile = async (
  ready: ReadyLine,
  id: string,
  file: string,
  kind: MediaKind,
): Promise<string> => insert(ready, id, await plaintextOfFile(file), kind);

async function insert(
  ready: ReadyLine,
  id: string,
  plaintext: Plaintext,
  { extension, type }: MediaKind,
): Promise<string> {
  const [certificate] = ready.certificates;
  if (certificate === undefined) throw new Error('the cluster has no certificate');
  const gateway = new GatewayClient({
    url: ready.gateway,
    caPem: readFileSync(ready.caFile, 'utf8'),
    userName: ready.ops.name,
    password: ready.ops.password,
  });
  try {
    const resource = await recordMedia({
      id,
      extension,
      type,
      layout: 'detached',
      plaintext,
      startTime: '2026-11-21T08:00:00.000+0000',
      metadata: {},
      contactCenter: ready.contactCenter,
      certificates: [{ alias: certificate.alias, pem: readFileSync(certificate.file, 'utf8') }],
      webdav: ready.webdav,
      gateway,
    });
    const playPath = resource.mediaFiles[0]?.playPath;
    if (playPath === undefined) throw new Error('the recording has no media file');
    return playPath;
  } finally {
    await gateway.close();
  }
}
