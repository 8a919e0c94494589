import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, Option } from 'commander';
import { recordStored, type StoredOptions } from './record-stored.js';
import { recordWatch, type WatchOptions } from './record-watch.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import type { RecordingLayout } from '../recorder/encrypt-recording.js';
import { headOfFile, plaintextOfFile } from '../recorder/plaintext.js';
import { isAssigned, recipientsNamed } from '../recorder/named-recipients.js';
import { recorderAccess, type RecorderOptions } from '../recorder/recorder-access.js';
import { withRecorderGateway, withWebDav } from '../recorder/recorder-options.js';
import { recordMedia } from '../recorder/record-media.js';
import { mediaExtension } from '../recorder/recorder-name.js';
import { recordingDetails, type DetailOptions } from '../recorder/recording-details.js';
import { wavDuration, wavHeadBytes } from '../recorder/wav-duration.js';
import { spoolKinds } from '../recorder/spool/spool-kind.js';
import { print, warn } from '../terminal/print.js';

interface Options extends ConfigurationOptions, RecorderOptions, DetailOptions, WatchOptions, StoredOptions {
  readonly directory?: string;
  readonly certificate: readonly string[];
  readonly screenRecording?: boolean;
  readonly metadata?: string;
  readonly rootCa?: string;
  readonly layout: RecordingLayout;
  readonly cipher: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';
  readonly id?: string;
  readonly callUuid?: string;
  readonly type: string;
  readonly json?: boolean;
}

/** `rcsctl record`: encrypts a file as the recorder does, stores it and inserts its metadata. */
export function recordCommand(program: Command): void {
  withWebDav(withRecorderGateway(withConfiguration(program.command('record'))))
    .description('encrypt a media file as the recorder does, store it on WebDAV and insert its metadata')
    .argument('[file]', 'the media file; none with --watch and --stored')
    .option(
      '--directory <path>',
      'below the base URL, such as the prefix of the contact center; made where it is missing',
    )
    .option(
      '--certificate <alias=file...>',
      'recording certificates, PEM; none records unencrypted with --layout plain',
      [],
    )
    .option('--ivr-profile <name>', 'encrypt for the certificates that are assigned to this IVR profile')
    .option('--ivr-profile-dbid <dbid>', 'likewise, by the DBID that the profile has in the Configuration Server')
    .option('--screen-recording', 'encrypt for the certificates of screen recordings')
    .option('--root-ca <file>', 'authorities that must vouch for the certificates, PEM; self-signed ones do without')
    .addOption(
      new Option('--layout <layout>', 'how it is stored')
        .choices(['detached', 'attached', 'plain'])
        .default('detached'),
    )
    .addOption(
      new Option('--cipher <cipher>').choices(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc']).default('aes-256-cbc'),
    )
    .option('--id <id>', 'id of the recording, refused where there is one; a new one when absent')
    .option('--call-uuid <uuid>', 'UUID of the call, which its media files are named by; the id when absent')
    .option('--type <type>', 'media type', 'audio/mp3')
    .option('--agent <name...>', 'user names of the agents in the call, who decide who may listen')
    .option('--partition <path...>', 'partitions (GRECORD_PARTITIONS), likewise')
    .option('--caller <number>', 'number of the caller')
    .option('--dialed <number>', 'number that was dialed')
    .option('--start <time>', 'ISO 8601; now when absent')
    .option('--stop <time>', 'ISO 8601; start and duration when absent')
    .option('--duration <ms>', 'milliseconds; what a WAV file says, or start to stop, when absent')
    .option('--metadata <file>', 'JSON with further fields of the recording, and of its media file below mediaFile')
    .option('--watch <folder>', 'records what comes into the folder, and goes on until it is interrupted')
    .addOption(
      new Option('--spool <maker>', '--watch: whose names and side files lie there')
        .choices(Object.keys(spoolKinds))
        .default('asterisk'),
    )
    .option('--move-to <folder>', '--watch: where files go that are recorded, on the same file system')
    .option('--remove', '--watch: files that are recorded are removed instead')
    .option('--aside <folder>', '--watch: where files go that cannot be recorded; .aside in the folder when absent')
    .option('--settle <seconds>', '--watch: a file is complete when it was not written to for so long', seconds, 10)
    .option('--once', '--watch: ends when nothing is left that is complete')
    .option(
      '--stored <path...>',
      'encrypts plain recordings that lie on the WebDAV already: files and folders, / for all',
    )
    .option('--list <file>', '--stored: a file with further paths, one in each line')
    .option('--dry-run', '--stored: only says what would be encrypted')
    .option('--user <name>', '--stored: an administrator of the contact center; rcsctl.gateway.userName when absent')
    .option('--password-file <file>', '--stored: file with their password; rcsctl.gateway.password when absent')
    .option('--json', 'JSON for programs')
    .action((file: string | undefined, options: Options) => recordOrWatch(file, options));
}

function recordOrWatch(file: string | undefined, options: Options): Promise<void> {
  const { watch, stored, list } = options;
  const isStored = stored !== undefined || list !== undefined;
  if (isStored && watch === undefined && file === undefined) return recordStored(options);
  if (watch !== undefined && !isStored && file === undefined) return recordWatch(watch, options);
  if (file !== undefined && !isStored && watch === undefined) return record(file, options);
  throw new Error('name a media file, or a folder with --watch FOLDER, or what is stored already with --stored PATH');
}

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be seconds');
}

async function record(file: string, options: Options): Promise<void> {
  if (options.layout !== 'plain' && options.certificate.length === 0 && !isAssigned(options)) {
    throw new Error(
      'name an --ivr-profile, --screen-recording or at least one --certificate alias=file, or record unencrypted with --layout plain',
    );
  }
  const configuration = readConfiguration(options.config);
  const access = recorderAccess(configuration, options);
  const rootCa = options.rootCa ?? configuration.recordingCertificates.rootCaFile;
  const { contactCenter, webdav } = access;
  const plaintext = await plaintextOfFile(file);
  const duration = wavDuration(await headOfFile(file, wavHeadBytes), plaintext.length);
  const { id, startTime, recording, mediaFile } = recordingDetails(options, sideFileOf(options), duration, new Date());
  const gateway = new GatewayClient(access.gateway);
  try {
    const resource = await recordMedia({
      id: options.id ?? id ?? randomUUID().replaceAll('-', '').toUpperCase(),
      callUuid: options.callUuid,
      extension: mediaExtension(file, options.type),
      type: options.type,
      layout: options.layout,
      cipher: options.cipher,
      plaintext,
      startTime,
      recording,
      metadata: mediaFile,
      contactCenter,
      directory: options.directory,
      certificates: await recipientsNamed(gateway, contactCenter, options),
      rootsPem: rootCa === undefined ? undefined : readFileSync(rootCa),
      webdav,
      gateway,
    });
    print(options.json === true, resource, () => resource.mediaFiles.map(({ mediaUri }) => mediaUri).join('\n'));
    if (options.json !== true) resource.warnings?.forEach(warn);
  } finally {
    await gateway.close();
  }
}

function sideFileOf({ metadata }: Options): unknown {
  if (metadata === undefined) return {};
  try {
    return JSON.parse(readFileSync(metadata, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`--metadata: ${metadata} is no JSON: ${error.message}`, { cause: error });
  }
}
