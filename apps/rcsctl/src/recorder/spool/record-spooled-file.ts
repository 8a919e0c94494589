import { describeError } from '#platform';
import type { GatewayClient } from '../../gateway-client/gateway-client.js';
import type { RecordingLayout } from '../encrypt-recording.js';
import type { CurrentRecipients, FollowedRecipients } from '../followed-recipients.js';
import { headOfFile, plaintextOfFile } from '../plaintext.js';
import { recordMedia, type RecordingJob } from '../record-media.js';
import { mediaExtension } from '../recorder-name.js';
import { recordingDetails, type DetailOptions } from '../recording-details.js';
import { wavDuration, wavHeadBytes } from '../wav-duration.js';
import type { SpoolKind, SpooledDetails } from './spool-kind.js';
import type { KeptInsertions } from './kept-insertions.js';
import { besideText, type SpooledFile } from './spooled-files.js';
import { UnrecordableFileError } from './watch-spool.js';

/** What holds for every file of a spool. */
export interface SpoolRecording extends Pick<
  RecordingJob,
  'cipher' | 'contactCenter' | 'directory' | 'rootsPem' | 'webdav'
> {
  readonly kind: SpoolKind;
  readonly followed: FollowedRecipients;
  readonly gateway: GatewayClient;
  readonly insertions: KeptInsertions;
  readonly layout: Exclude<RecordingLayout, 'plain'>;
  readonly details: DetailOptions;
}

/** Certificates were taken out of use while the file was encrypted for them: it is encrypted anew. */
class OutdatedRecipientsError extends Error {}

const typeOf: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  wav49: 'audio/wav',
  mp3: 'audio/mp3',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  gsm: 'audio/gsm',
  mp4: 'video/mp4',
  webm: 'video/webm',
};
const mostAttempts = 5;

/**
 * Encrypts a file for whom the profile is encrypted for at this moment, and inserts it only if that is still so.
 * @returns why the recording may not play.
 * @throws UnrecordableFileError; Error for what may pass.
 */
export async function recordSpooledFile(
  file: SpooledFile,
  id: string,
  how: SpoolRecording,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    const recipients = await how.followed.current(signal);
    if (recipients.certificates.length === 0) {
      throw new Error('no certificate is assigned, and plain recordings are not made of a spool: assign one');
    }
    try {
      const { warnings = [] } = await recordMedia(await jobOf(file, id, how, recipients, signal));
      return warnings;
    } catch (error) {
      if (!(error instanceof OutdatedRecipientsError) || attempt >= mostAttempts) throw error;
    }
  }
}

async function jobOf(
  file: SpooledFile,
  id: string,
  how: SpoolRecording,
  { tag, certificates }: CurrentRecipients,
  signal: AbortSignal,
): Promise<RecordingJob> {
  const { contactCenter, directory, webdav, gateway, layout, cipher, rootsPem, followed, insertions } = how;
  if (file.stats.size === 0) throw new UnrecordableFileError('the file is empty');
  const plaintext = await plaintextOfFile(file.path);
  const extension = mediaExtension(file.name, '');
  const duration = wavDuration(await headOfFile(file.path, wavHeadBytes), plaintext.length);
  const { callUuid, ...found } = await detailsOf(file, how.kind);
  const { startTime, recording, mediaFile } = recordingDetails(
    { ...found, ...how.details },
    {},
    duration,
    beginOf(file, duration),
  );
  return {
    ...{ id, callUuid: fileNamePart(callUuid), extension, type: typeOf[extension] ?? 'application/octet-stream' },
    ...{ layout, plaintext, startTime, recording, metadata: mediaFile, contactCenter, directory, webdav, gateway },
    ...(cipher === undefined ? {} : { cipher }),
    certificates,
    rootsPem,
    beforeInsertion: async inserted => {
      await insertions.keep(file.path, id, inserted);
      if ((await followed.current(signal)).tag !== tag) throw new OutdatedRecipientsError('the recipients changed');
    },
  };
}

async function detailsOf(file: SpooledFile, kind: SpoolKind): Promise<SpooledDetails> {
  try {
    return kind.details(file.name, await besideText(file));
  } catch (error) {
    throw new UnrecordableFileError(`${file.beside ?? file.name}: ${describeError(error)}`);
  }
}

/** Nobody says when it began: it was written until its end. */
const beginOf = ({ stats }: SpooledFile, duration: number | undefined): Date =>
  new Date(stats.mtimeMs - (duration ?? 0));

/** Call ids of SIP have characters that no name in a URL should have. */
const fileNamePart = (callUuid: string | undefined): string | undefined =>
  callUuid?.replace(/[^\w.-]/g, '-').slice(0, 100);
