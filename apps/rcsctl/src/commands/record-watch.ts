import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import type { ConfigurationOptions } from '../configuration/read-configuration.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import type { RecordingEncryption, RecordingLayout } from '../recorder/encrypt-recording.js';
import { FollowedRecipients } from '../recorder/followed-recipients.js';
import { isAssigned, recipientQuery } from '../recorder/named-recipients.js';
import { recorderAccess, type RecorderOptions } from '../recorder/recorder-access.js';
import type { DetailOptions } from '../recorder/recording-details.js';
import { FinishedFiles, type Finish } from '../recorder/spool/finished-files.js';
import { KeptInsertions } from '../recorder/spool/kept-insertions.js';
import { recordSpooledFile } from '../recorder/spool/record-spooled-file.js';
import { spoolKinds, type SpoolKindName } from '../recorder/spool/spool-kind.js';
import { SpoolWatch, type SpoolEvent } from '../recorder/spool/watch-spool.js';
import { interruptible } from '../terminal/interruption.js';

/** Options of `rcsctl record --watch`. */
export interface WatchOptions extends ConfigurationOptions, RecorderOptions, DetailOptions {
  readonly watch?: string;
  readonly spool: SpoolKindName;
  readonly moveTo?: string;
  readonly remove?: boolean;
  readonly aside?: string;
  readonly settle: number;
  readonly once?: boolean;
  readonly ivrProfileDbid?: string;
  readonly screenRecording?: boolean;
  readonly directory?: string;
  readonly rootCa?: string;
  readonly layout: RecordingLayout;
  readonly cipher: NonNullable<RecordingEncryption['cipher']>;
  readonly certificate: readonly string[];
  readonly json?: boolean;
}

/** `rcsctl record --watch FOLDER`: records what comes into a spool, until it is interrupted. */
export async function recordWatch(watch: string, options: WatchOptions): Promise<void> {
  const { layout, settle, once = false } = options;
  if (layout === 'plain' || options.certificate.length > 0)
    throw new Error('--watch encrypts for a profile: leave --layout plain and --certificate out');
  const configuration = readConfiguration(options.config);
  const { gateway: access, contactCenter, webdav } = recorderAccess(configuration, options);
  const rootCa = options.rootCa ?? configuration.recordingCertificates.rootCaFile;
  const folder = resolve(watch);
  const finish = finishOf(options);
  const aside = resolve(options.aside ?? `${folder}/.aside`);
  const kind = spoolKinds[options.spool];
  const gateway = new GatewayClient(access);
  const tell = teller(options.json === true);
  const followed = new FollowedRecipients(openEvents(gateway, contactCenter, options), why => {
    if (why !== undefined) tell({ event: 'waiting', reason: why });
  });
  const insertions = new KeptInsertions();
  const how = { kind, followed, gateway, insertions, layout, contactCenter, webdav, details: detailsIn(options) };
  const rest = { cipher: options.cipher, directory: options.directory };
  const rootsPem = rootCa === undefined ? undefined : readFileSync(rootCa);
  const spool = new SpoolWatch({
    ...{ folder, contactCenter, kind, once, tell, settleMs: settle * 1000 },
    except: [aside, ...('moveTo' in finish ? [finish.moveTo] : [])],
    finished: new FinishedFiles(folder, finish, aside),
    hasRecording: id => gateway.hasRecording(id),
    insertions,
    insertAgain: async recording => (await gateway.insertRecording(contactCenter, recording)).warnings ?? [],
    record: (file, id, signal) => recordSpooledFile(file, id, { ...how, ...rest, rootsPem }, signal),
  });
  followed.begin();
  try {
    await interruptible(signal => spool.run(signal));
  } finally {
    await followed.end();
    await gateway.close();
  }
}

function finishOf({ moveTo, remove }: WatchOptions): Finish {
  if ((moveTo === undefined) === (remove !== true))
    throw new Error('--watch: say what becomes of files that are recorded, --move-to FOLDER or --remove');
  return moveTo === undefined ? { remove: true } : { moveTo: resolve(moveTo) };
}

function openEvents(gateway: GatewayClient, contactCenter: string, options: WatchOptions) {
  if (!isAssigned(options))
    throw new Error(
      '--watch: name whom files are encrypted for, --ivr-profile NAME, --ivr-profile-dbid or --screen-recording',
    );
  const path = `/rcs/contact-centers/${encodeURIComponent(contactCenter)}/recipients/events?${recipientQuery(options)}`;
  return (lastEventId: string, signal: AbortSignal) => gateway.openEvents(path, lastEventId, signal);
}

/** What holds for every file; numbers and times are each file's own. */
function detailsIn({ agent, partition, ivrProfile }: WatchOptions): DetailOptions {
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(partition === undefined ? {} : { partition }),
    ...(ivrProfile === undefined ? {} : { ivrProfile }),
  };
}

/** A line for each file, and for what is waited for when that is something else. */
function teller(json: boolean): (event: SpoolEvent) => void {
  let waitingFor: string | undefined;
  return event => {
    if (event.event === 'waiting' && event.reason === waitingFor) return;
    waitingFor = event.event === 'waiting' ? event.reason : undefined;
    if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
    else if (event.event === 'waiting') process.stderr.write(`rcsctl: waiting: ${event.reason}\n`);
    else process.stdout.write(`${event.event} ${event.file}: ${'id' in event ? event.id : event.reason}\n`);
  };
}
