import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { GatewayClient } from '../../../apps/rcsctl/src/gateway-client/gateway-client.js';
import { plaintextOf } from '../../../apps/rcsctl/src/recorder/plaintext.js';
import { recordMedia } from '../../../apps/rcsctl/src/recorder/record-media.js';

const ffmpegMs = 60_000;

/**
 * Records a screen of 40 seconds without sound, some 16 MB: more than a browser takes at once. Its index is at its end, as
 * recorders write it that do not go back.
 * @returns its id
 */
export async function recordScreen(ready: ReadyLine): Promise<string> {
  const [certificate] = ready.certificates;
  if (certificate === undefined) throw new Error('the contact center has no certificate');
  const { gateway: url, caFile, ops, contactCenter, webdav } = ready;
  const gateway = new GatewayClient({
    ...{ url, caPem: readFileSync(caFile, 'utf8'), userName: ops.name, password: ops.password },
  });
  const id = `screen-${randomUUID().slice(0, 8)}`;
  try {
    await recordMedia({
      ...{ id, extension: 'mp4', type: 'video/mp4', layout: 'detached', metadata: {}, contactCenter, webdav, gateway },
      plaintext: plaintextOf(screen()),
      startTime: '2026-11-21T08:00:00.000+0000',
      directory: webdav.folder,
      certificates: [{ alias: certificate.alias, pem: readFileSync(certificate.file, 'utf8') }],
    });
  } finally {
    await gateway.close();
  }
  return id;
}

function screen(): Buffer {
  const work = mkdtempSync(join(tmpdir(), 'rcs-screen-'));
  const file = join(work, 'screen.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=40'];
  const encoding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '4M', '-g', '50', '-pix_fmt', 'yuv420p'];
  try {
    execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', ...source, ...encoding, file], { timeout: ffmpegMs });
    return readFileSync(file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
