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
  /** What the id begins with. */
  readonly name: string;
  readonly file: string;
  readonly extension: string;
  readonly type: string;
  readonly layout: RecordingLayout;
  readonly durationMs: number;
  readonly parameters: Readonly<Record<string, string>>;
}

const idLength = 33;
const startTime = '2026-11-21T08:00:00.000+0000';

const media: readonly DemoMedia[] = [
  {
    name: 'DEMO0CALL',
    file: 'call.mp3',
    extension: 'mp3',
    type: 'audio/mp3',
    layout: 'detached',
    durationMs: 27_684,
    parameters: { ani: '8522001', dnis: '+14160000001', GRECORD_PARTITIONS: '/sales' },
  },
  {
    name: 'DEMO0SCREEN',
    file: 'screen.mp4',
    extension: 'mp4',
    type: 'video/mp4',
    layout: 'attached',
    durationMs: 12_000,
    parameters: { GRECORD_PARTITIONS: '/sales' },
  },
];

export interface DemoTarget {
  /** Directory of the media. */
  readonly media: string;
  readonly contactCenter: string;
  /** What the ids end with: an id is one recording's in all contact centers. */
  readonly series: string;
  /** Login name of whoever took the calls. */
  readonly agent: string;
  /** Where below the base of the storage. */
  readonly directory?: string;
  readonly recorder: GatewayClient;
  readonly player: GatewayClient;
  readonly webdav: WebDavAccess;
  readonly certificate: { readonly alias: string; readonly pem: string };
}

/** Records the demo media that are not there yet, and that nobody has removed, the way a recorder does, and plays each through the gateway. */
export async function demoRecordings(target: DemoTarget): Promise<DemoRecording[]> {
  const recordings: DemoRecording[] = [];
  for (const item of media) {
    const plaintext = readFileSync(join(target.media, item.file));
    const id = `${item.name}${target.series.padStart(idLength - item.name.length, '0')}`;
    const present = await target.player.recording(id);
    // Somebody deleted it: it stays away.
    if (present === undefined && (await target.recorder.hasRecording(id))) continue;
    const resource = present ?? (await record(id, item, plaintext, target));
    const playPath = resource.mediaFiles[0]?.playPath;
    if (playPath === undefined) throw new Error(`the demo recording ${id} has no media file`);
    if (!(await target.player.play(playPath)).equals(plaintext)) {
      throw new Error(`the demo recording ${id} does not play as it was recorded`);
    }
    recordings.push({ id, playPath });
  }
  return recordings;
}

function record(id: string, item: DemoMedia, plaintext: Buffer, target: DemoTarget): Promise<RecordingResource> {
  const { extension, type, layout, durationMs, parameters } = item;
  return recordMedia({
    id,
    extension,
    type,
    layout,
    plaintext: plaintextOf(plaintext),
    startTime,
    metadata: {
      duration: String(durationMs),
      tenant: 'Environment',
      ivrprofile: 'record',
      parameters: { ...parameters, agentId: target.agent },
    },
    contactCenter: target.contactCenter,
    directory: target.directory,
    certificates: [target.certificate],
    webdav: target.webdav,
    gateway: target.recorder,
  });
}
