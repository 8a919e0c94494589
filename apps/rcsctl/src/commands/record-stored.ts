import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readConfiguration } from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { gatewayAccess, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { recordingEncryption, type RecordingEncryption } from '../recorder/encrypt-recording.js';
import { isAssigned, recipientsNamed, type RecipientOptions } from '../recorder/named-recipients.js';
import { webdavAccess, type RecorderOptions } from '../recorder/recorder-access.js';
import { RecorderStorage } from '../recorder/recorder-storage.js';
import { EncryptStored, type StoredEvent } from '../recorder/stored/encrypt-stored.js';
import { interruptible } from '../terminal/interruption.js';
import { print } from '../terminal/print.js';

/** Options of `rcsctl record --stored`. */
export interface StoredOptions extends GatewayOptions, RecorderOptions, RecipientOptions {
  readonly stored?: readonly string[];
  readonly list?: string;
  readonly dryRun?: boolean;
  readonly rootCa?: string;
  readonly cipher: NonNullable<RecordingEncryption['cipher']>;
}

type Counts = Record<StoredEvent['event'], number>;

/** `rcsctl record --stored PATH`: encrypts plain recordings where they lie. */
export async function recordStored(options: StoredOptions): Promise<void> {
  if (options.layout !== 'detached') throw new Error('--stored encrypts as recorders do: leave --layout out');
  if (options.certificate.length === 0 && !isAssigned(options))
    throw new Error('--stored: name an --ivr-profile, --screen-recording or at least one --certificate alias=file');
  const configuration = readConfiguration(options.config);
  const contactCenter = options.contactCenter ?? configuration.serverSettings.defaultContactCenter ?? '';
  const webdav = webdavAccess(configuration, options);
  const rootCa = options.rootCa ?? configuration.recordingCertificates.rootCaFile;
  const rootsPem = rootCa === undefined ? undefined : readFileSync(rootCa);
  const gateway = new GatewayClient(gatewayAccess(configuration, options, 'to encrypt what is stored'));
  const storage = new RecorderStorage(webdav, contactCenter);
  const counts: Counts = { ...none };
  const tell = teller(options, counts);
  try {
    await interruptible(async signal => {
      const encryption = async () => {
        const certificates = await recipientsNamed(gateway, contactCenter, options);
        const encrypt = recordingEncryption({ layout: 'detached', certificates, rootsPem, cipher: options.cipher });
        return { aliases: certificates.map(({ alias }) => alias), encrypt };
      };
      const dryRun = options.dryRun === true;
      const run = new EncryptStored({ gateway, storage, webdav, dryRun, encryption, tell, signal });
      await run.run(filesOf(options, storage));
      const left = await run.awaitRemovals();
      if (counts.failed > 0) process.exitCode = 1;
      print(options.json === true, { event: 'summary', ...counts, left: left.length }, () => textOf(counts, left));
    });
  } finally {
    await storage.close();
    await gateway.close();
  }
}

const none: Counts = { encrypted: 0, 'would-encrypt': 0, unnamed: 0, going: 0, 'encrypted-already': 0, failed: 0 };

/** A path that ends with a slash is a folder; any other one is a file. */
async function* filesOf({ stored = [], list }: StoredOptions, storage: RecorderStorage): AsyncGenerator<string> {
  for (const path of stored) yield* below(path, storage);
  if (list === undefined) return;
  for await (const line of createInterface({ input: createReadStream(list), crlfDelay: Infinity })) {
    if (line !== '') yield* below(line, storage);
  }
}

async function* below(path: string, storage: RecorderStorage): AsyncGenerator<string> {
  if (path.endsWith('/')) yield* storage.filesBelow(path);
  else yield path.replace(/^\/+/, '');
}

/** A line for each file, but for those that are encrypted already. */
function teller({ json }: StoredOptions, counts: Counts): (event: StoredEvent) => void {
  return event => {
    counts[event.event]++;
    if (event.event === 'encrypted-already') return;
    print(json === true, event, () => `${event.event} ${event.file}${detailOf(event)}`);
  };
}

function detailOf(event: StoredEvent): string {
  switch (event.event) {
    case 'encrypted':
    case 'would-encrypt':
      return `: recording ${event.recording}${event.newFile === undefined ? '' : `, now ${event.newFile}`}`;
    case 'failed':
      return `: ${event.reason}`;
    case 'unnamed':
      return ': no recording names it; it stays as it is';
    default:
      return ': it is being removed';
  }
}

function textOf(counts: Counts, left: readonly string[]): string {
  const parts = [
    `${counts.encrypted} encrypted`,
    ...(counts['would-encrypt'] > 0 ? [`${counts['would-encrypt']} would be encrypted`] : []),
    `${counts['encrypted-already']} encrypted already`,
    `${counts.unnamed} of no recording`,
    `${counts.failed} failed`,
  ];
  const still = left.length === 0 ? '' : `\n${left.length} plain files are still to be removed: rcsctl removals list`;
  return `${parts.join(', ')}${still}`;
}
