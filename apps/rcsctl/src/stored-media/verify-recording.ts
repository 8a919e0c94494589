import { createHash } from 'node:crypto';
import { describeError } from '#platform';
import type { ContentProof, GatewayClient } from '../gateway-client/gateway-client.js';
import { ProgressBar } from '../terminal/progress-bar.js';

export type VerifiedMediaFile = { readonly mediaId: string } & (
  | { readonly verified: true; readonly bytes: number; readonly sha256: string; readonly content: ContentProof }
  | { readonly verified: false; readonly problem: string }
);

export interface VerifiedRecording {
  readonly recording: string;
  readonly verified: boolean;
  readonly mediaFiles: readonly VerifiedMediaFile[];
}

/**
 * Plays every media file of a recording to its last byte, the way a player does: permission, audit, worker, storage,
 * vault and all.
 * @throws Error when the recording is unknown or may not be seen.
 */
export async function verifyRecording(
  id: string,
  gateway: GatewayClient,
  signal: AbortSignal,
): Promise<VerifiedRecording> {
  const recording = await gateway.recording(id);
  if (recording === undefined) throw new Error(`there is neither a file nor a recording ${id}`);
  const mediaFiles: VerifiedMediaFile[] = [];
  for (const { mediaId, playPath } of recording.mediaFiles) {
    mediaFiles.push(await verifyMediaFile(mediaId, playPath, gateway, signal));
  }
  return { recording: id, verified: mediaFiles.every(({ verified }) => verified), mediaFiles };
}

async function verifyMediaFile(
  mediaId: string,
  playPath: string,
  gateway: GatewayClient,
  signal: AbortSignal,
): Promise<VerifiedMediaFile> {
  try {
    const { length, body, content } = await gateway.openMedia(playPath, signal);
    const bar = new ProgressBar('verifying', length);
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        bytes += chunk.length;
        bar.advance(chunk.length);
      }
    } finally {
      bar.end();
    }
    if (bytes !== length) throw new Error(`${bytes} of ${length} bytes came`);
    return { mediaId, verified: true, bytes, sha256: hash.digest('hex'), content };
  } catch (error) {
    signal.throwIfAborted();
    return { mediaId, verified: false, problem: describeError(error) };
  }
}
