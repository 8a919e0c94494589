import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GatewayClient, type RecordingResource } from '../gateway-client/gateway-client.js';
import type { RecordingLayout } from '../recorder/encrypt-recording.js';
import { plaintextOf } from '../recorder/plaintext.js';
import { recordMedia } from '../recorder/record-media.js';
import type { WebDavAccess } from '../recorder/recorder-storage.js';

export interface DemoRecording {
  readonly id: string;
  readonly playPath: string;
}

interface DemoMedia {
  readonly id: string;
  readonly file: string;
  readonly extension: string;
  readonly type: string;
  readonly layout: RecordingLayout;
  readonly durationMs: number;
  readonly parameters: Readonly<Record<string, string>>;
}

const startTime = '2026-11-21T08:00:00.000+0000';
const fixtures = join(__dirname, '../../../../../test/fixtures');

const media: readonly DemoMedia[] = [
  {
    id: 'DEMO0CALL000000000000000000000001',
    file: 'call.mp3',
    extension: 'mp3',
    type: 'audio/mp3',
    layout: 'detached',
    durationMs: 27_684,
    parameters: { ani: '8522001', dnis: '+14160000001', agentId: 'carol', GRECORD_PARTITIONS: '/sales' },
  },
  {
    id: 'DEMO0SCREEN0000000000000000000001',
    file: 'screen.mp4',
    extension: 'mp4',
    type: 'video/mp4',
    layout: 'attached',
    durationMs: 12_000,
    parameters: { agentId: 'carol', GRECORD_PARTITIONS: '/sales' },
  },
];

export interface DemoTarget {
  readonly contactCenter: string;
  readonly recorder: GatewayClient;
  readonly player: GatewayClient;
  readonly webdav: WebDavAccess;
  readonly certificate: { readonly alias: string; readonly pem: string };
}

/** Records the demo media that are not there yet, the way a recorder does, and plays each through the gateway. */
export async function demoRecordings(target: DemoTarget): Promise<DemoRecording[]> {
  const recordings: DemoRecording[] = [];
  for (const item of media) {
    const plaintext = readFileSync(join(fixtures, item.file));
    const resource = (await target.player.recording(item.id)) ?? (await record(item, plaintext, target));
    const playPath = resource.mediaFiles[0]?.playPath;
    if (playPath === undefined) throw new Error(`the demo recording ${item.id} has no media file`);
    if (!(await target.player.play(playPath)).equals(plaintext)) {
      throw new Error(`the demo recording ${item.id} does not play as it was recorded`);
    }
    recordings.push({ id: item.id, playPath });
  }
  return recordings;
}

function record(item: DemoMedia, plaintext: Buffer, target: DemoTarget): Promise<RecordingResource> {
  const { id, extension, type, layout, durationMs, parameters } = item;
  return recordMedia({
    id,
    extension,
    type,
    layout,
    plaintext: plaintextOf(plaintext),
    startTime,
    metadata: { duration: String(durationMs), tenant: 'Environment', ivrprofile: 'record', parameters },
    contactCenter: target.contactCenter,
    certificates: [target.certificate],
    webdav: target.webdav,
    gateway: target.recorder,
  });
}
