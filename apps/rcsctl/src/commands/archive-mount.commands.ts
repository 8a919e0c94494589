import { Option, type Command } from 'commander';
import { ConfigurationError } from '#platform';
import { idsInFile } from '../archive/archive-wish.js';
import { mountArchive, type MountOutcome } from '../archive/mount-archive.js';
import { mountedArchives } from '../archive/mounted-archives.js';
import { recordingsIn } from '../archive/restored-recording.js';
import { archivePlace, type ArchivePlaceOptions, type ReadablePlace } from '../archive/archive-place.js';
import { openArchive } from '../archive/stored-archive.js';
import { unmountArchive, type UnmountOutcome } from '../archive/unmount-archive.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { recorderGateway } from '../recorder/recorder-access.js';
import { withContactCenter, withRecorder, withWebDav } from '../recorder/recorder-options.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';

interface MountOptions extends ConfigurationOptions, ArchivePlaceOptions {
  readonly authority: string;
  readonly incomplete?: boolean;
  readonly json?: boolean;
}
type UnmountOptions = GatewayOptions & ArchivePlaceOptions & { readonly authority?: string; readonly list?: string };
type Outcome = MountOutcome | UnmountOutcome;

/** `rcsctl archive mount`, `mounts` and `unmount`: recordings that play from the archive in which they lie. */
export function mountCommands(archive: Command): void {
  withPlace(withRecorder(withConfiguration(archive.command('mount'))))
    .description('let the recordings of an archive in a storage be found and played; exit status 1 unless all are')
    .argument(
      '<path>',
      'the archive below the base URL of the storage, or its unpacked folder (with / at the end); it is verified first',
    )
    .requiredOption('--authority <file>', 'internal authority (PEM) of the cluster that made the archive')
    .option('--incomplete', 'also recordings of which media were left out of the archive')
    .option('--json', 'JSON for programs')
    .action(mount);
  withContactCenter(withGatewayOptions(archive.command('mounts')))
    .description('archives that are mounted, and how many recordings of each; for operations accounts')
    .action(mounts);
  withPlace(withGatewayOptions(archive.command('unmount')))
    .description('take the recordings of a mounted archive out again; for operations accounts; the archive stays')
    .argument('<path>', 'the archive, as it was mounted')
    .option('--authority <file>', 'internal authority (PEM) of the cluster that made the archive')
    .option('--list <file>', 'file with ids, one a line, where the archive cannot be read any more')
    .action(unmount);
}

interface MountsOptions extends GatewayOptions {
  readonly contactCenter?: string;
}

async function mounts(options: MountsOptions): Promise<void> {
  const contactCenter = ownContactCenter(options);
  await withGateway(options, 'to list mounted archives', async gateway => {
    const found = await mountedArchives(contactCenter, gateway);
    const rows = found.map(({ storage, path, recordings }) => [storage, path, String(recordings)]);
    print(options.json === true, { mounts: found }, () =>
      found.length === 0 ? 'no archive is mounted' : textTable(['Storage', 'Archive', 'Recordings'], rows),
    );
  });
}

/** @throws ConfigurationError where neither option nor configuration names one */
function ownContactCenter({ config, contactCenter }: MountsOptions): string {
  const named = contactCenter ?? readConfiguration(config).serverSettings.defaultContactCenter;
  if (named !== undefined) return named;
  throw new ConfigurationError('name --contact-center, or configure serverSettings.defaultContactCenter');
}

const withPlace = (command: Command): Command =>
  withWebDav(
    withContactCenter(command).addOption(
      new Option('--storage <kind>', 'kind of the storage in mediaStorages')
        .choices(['webDAV', 'file'])
        .default('webDAV'),
    ),
  );

async function mount(path: string, options: MountOptions): Promise<void> {
  const configuration = readConfiguration(options.config);
  const { gateway: access, contactCenter } = recorderGateway(configuration, options);
  const { signal } = new AbortController();
  const archive = await openArchive(archivePlace(configuration, options, path), contactCenter, signal);
  const gateway = new GatewayClient(access);
  try {
    const verified = await archive.verify(options.authority);
    const owner = verified.manifest.contactCenter;
    if (owner !== contactCenter)
      throw new ConfigurationError(`the archive is of the contact center ${owner}: it is mounted for no other`);
    const incomplete = options.incomplete === true;
    const outcomes = mountArchive({ archive, verified, gateway, contactCenter, incomplete, signal });
    await tell(outcomes, options, 'mounted');
  } finally {
    await Promise.all([archive.close(), gateway.close()]);
  }
}

async function unmount(path: string, options: UnmountOptions): Promise<void> {
  const configuration = readConfiguration(options.config);
  const contactCenter = ownContactCenter(options);
  const place = archivePlace(configuration, options, path);
  const recordings = await recordingsOf(place, contactCenter, options);
  await withGateway(options, 'to unmount an archive', gateway =>
    tell(unmountArchive(recordings, place, contactCenter, gateway), options, 'unmounted'),
  );
}

async function recordingsOf(
  place: ReadablePlace,
  contactCenter: string,
  { authority, list }: UnmountOptions,
): Promise<readonly string[]> {
  if (list !== undefined) return idsInFile(list);
  if (authority === undefined) throw new ConfigurationError('name --authority, or the recordings with --list');
  const archive = await openArchive(place, contactCenter, new AbortController().signal);
  try {
    return recordingsIn(await archive.frame(authority)).map(({ id }) => id);
  } finally {
    await archive.close();
  }
}

/** Status 1 unless all came to what was wished. */
async function tell(
  found: AsyncIterable<Outcome>,
  { json }: { readonly json?: boolean },
  wished: Outcome['outcome'],
): Promise<void> {
  const outcomes: Outcome[] = [];
  for await (const outcome of found) {
    outcomes.push(outcome);
    if (json !== true) process.stdout.write(`${outcomeText(outcome)}\n`);
  }
  const done = outcomes.filter(({ outcome }) => outcome === wished).length;
  print(json === true, { outcomes }, () => `${done} of ${outcomes.length} recordings were ${wished}`);
  if (done < outcomes.length) process.exitCode = 1;
}

const outcomeText = ({ recording, outcome, detail }: Outcome): string =>
  `${recording}: ${outcome}${detail === undefined ? '' : ` (${detail})`}`;
