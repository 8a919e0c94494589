import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Option, type Command } from 'commander';
import { ConfigurationError } from '#platform';
import { ArchiveBrokeOff, ArchiveFile, writeArchive } from '../archive/archive-file.js';
import {
  daysBetween,
  recipientsOf,
  searchOfDay,
  selectionOf,
  type RecipientOptions,
  type SelectionOptions,
} from '../archive/archive-wish.js';
import { restoreArchive, type RestoreOutcome } from '../archive/restore-archive.js';
import { ofVault } from '../archive/vault-signature.js';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { placeOf } from '../recorder/record-media.js';
import { recorderAccess, type RecorderOptions } from '../recorder/recorder-access.js';
import { withRecorderGateway, withWebDav } from '../recorder/recorder-options.js';
import { RecorderStorage } from '../recorder/recorder-storage.js';
import { print } from '../terminal/print.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { wholeNumber } from '../terminal/whole-number.js';
import {
  archiveJobsCommands,
  beginJob,
  placementOf,
  withPlacement,
  type PlacementOptions,
} from './archive-jobs.commands.js';
import { keptArchivesCommands } from './kept-archives.commands.js';
import { mountCommands } from './archive-mount.commands.js';
import { verifyCommand } from './archive-verify.command.js';

interface WhyOptions extends GatewayOptions, RecipientOptions {
  readonly reason: string;
}
type CreateOptions = WhyOptions &
  SelectionOptions &
  PlacementOptions & { readonly to?: string; readonly toStorage?: string };
type DailyOptions = WhyOptions & { readonly to: string; readonly from?: string; readonly until?: string };

const purpose = 'to make an archive';

/** `rcsctl archive`: recordings to take along, and what proves them. */
export function archiveCommand(program: Command): void {
  const archive = program.command('archive').description('archives: recordings to take along');
  withPlacement(withWhy(archive.command('create')))
    .description('make one archive; for administrators of a contact center')
    .option('--to <file>', 'the file, which must not be there yet')
    .option('--to-storage <location>', 'folder in a storage of the contact center: gateways make it there, in parts')
    .option('--recording <id...>', 'recordings by their ids')
    .option('--list <file>', 'file with ids, one a line')
    .option('--from <time>', 'recordings that began at this time or later')
    .option('--until <time>', 'recordings that began before this time')
    .option('--caller <number>', 'recordings of a caller; * stands for any characters')
    .option('--dialed <number>', 'recordings of a dialed number')
    .option('--agent <name>', 'recordings of an agent')
    .option('--older-than-days <days>', 'recordings that began so long ago, or earlier', wholeNumber)
    .option('--newer-than-days <days>', 'recordings that began less long ago', wholeNumber)
    .action((options: CreateOptions) => withGateway(options, purpose, gateway => create(gateway, options)));
  withWhy(archive.command('daily'))
    .description('make an archive of each day (UTC) that has none yet; whatever ended it, the next one goes on')
    .requiredOption('--to <directory>', 'folder of the archives: archive-yyyy-MM-dd.zip')
    .option('--from <day>', 'first day, yyyy-MM-dd; yesterday when absent')
    .option('--until <day>', 'last day; yesterday when absent')
    .action(daily);
  verifyCommand(archive);
  restoreCommand(archive);
  mountCommands(archive);
  archiveJobsCommands(archive);
  keptArchivesCommands(archive);
}

interface RestoreOptions extends ConfigurationOptions, RecorderOptions {
  readonly authority: string;
  readonly directory: string;
  readonly ofContactCenter?: string;
  readonly incomplete?: boolean;
  readonly json?: boolean;
}

function restoreCommand(archive: Command): void {
  withWebDav(withRecorderGateway(withConfiguration(archive.command('restore'))))
    .description(
      'put the recordings of an archive back, into a storage and the store; exit status 1 unless all came back',
    )
    .argument('<file>', 'the archive, which is verified first')
    .requiredOption('--authority <file>', 'internal authority (PEM) of the cluster that made the archive')
    .option('--directory <path>', 'below the base URL of the storage', 'restored')
    .option('--of-contact-center <id>', 'whose archive it is, where it is restored into another contact center')
    .option('--incomplete', 'also recordings of which media were left out of the archive')
    .option('--json', 'JSON for programs')
    .action(restore);
}

async function restore(file: string, options: RestoreOptions): Promise<void> {
  const { gateway: access, contactCenter, webdav } = recorderAccess(readConfiguration(options.config), options);
  const { signal } = new AbortController();
  const archive = await ArchiveFile.open(file);
  const gateway = new GatewayClient(access);
  const storage = new RecorderStorage(webdav, contactCenter);
  try {
    const verified = await ofVault(archive, options.authority);
    const owner = options.ofContactCenter ?? contactCenter;
    if (verified.manifest.contactCenter !== owner)
      throw new ConfigurationError(
        `the archive is of the contact center ${verified.manifest.contactCenter}: say so with --of-contact-center`,
      );
    const outcomes: RestoreOutcome[] = [];
    const directory = options.directory === '' ? '' : `${options.directory.replace(/\/+$/, '')}/`;
    const incomplete = options.incomplete === true;
    const way = { archive, verified, gateway, storage, contactCenter, directory, incomplete, signal };
    for await (const outcome of restoreArchive({ ...way, placeOf: path => placeOf(path, webdav) })) {
      outcomes.push(outcome);
      if (options.json !== true) process.stdout.write(`${outcomeText(outcome)}\n`);
    }
    const restored = outcomes.filter(({ outcome }) => outcome === 'restored').length;
    print(options.json === true, { outcomes }, () => `${restored} of ${outcomes.length} recordings were restored`);
    if (restored < outcomes.length) process.exitCode = 1;
  } finally {
    await Promise.all([archive.close(), gateway.close(), storage.close()]);
  }
}

const outcomeText = ({ recording, outcome, detail }: RestoreOutcome): string =>
  `${recording}: ${outcome}${detail === undefined ? '' : ` (${detail})`}`;

const withWhy = (command: Command): Command =>
  withGatewayOptions(command)
    .requiredOption('--reason <text>', 'why; it stands in the audit and in the manifest')
    .option('--encrypt-plain-for <alias>', 'certificate that plain media are encrypted for; else they are left out')
    .option(
      '--recipient <file>',
      'certificate (PEM) that the archive is for: all media open with its private key and `openssl smime`; the vaults must allow it',
    )
    .addOption(
      new Option('--plain-media <way>', 'with --recipient: leave plain media out, or encrypt them for it').choices([
        'refuse',
        'encrypt',
      ]),
    );

async function create(gateway: GatewayClient, options: CreateOptions): Promise<void> {
  const { to, toStorage, json } = options;
  if (to === undefined && toStorage !== undefined) {
    const request = { ...requestOf(selectionOf(options), options), ...placementOf(toStorage, options) };
    return beginJob(gateway, request, json === true);
  }
  if (to === undefined || toStorage !== undefined)
    throw new ConfigurationError('say where to: --to FILE, or --to-storage LOCATION');
  const bytes = await make(gateway, to, selectionOf(options), options);
  print(json === true, { file: to, bytes }, () => `${to}: ${bytes} bytes`);
}

function requestOf(selection: object, options: WhyOptions): object {
  return { ...selection, reason: options.reason, ...recipientsOf(options) };
}

async function make(gateway: GatewayClient, file: string, selection: object, options: WhyOptions): Promise<number> {
  if (existsSync(file)) throw new ConfigurationError(`${file} is there already`);
  const request = requestOf(selection, options);
  const bar = new ProgressBar(basename(file), undefined);
  try {
    return await writeArchive(file, shown(await gateway.openArchive(request, new AbortController().signal), bar));
  } finally {
    bar.end();
  }
}

async function* shown(pieces: AsyncIterable<Buffer>, bar: ProgressBar): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    bar.advance(piece.length);
    yield piece;
  }
}

async function daily(options: DailyOptions): Promise<void> {
  const yesterday = new Date(Date.now() - 24 * 60 * 60_000).toISOString().slice(0, 10);
  const { from = options.until ?? yesterday, until = yesterday, to } = options;
  await withGateway(options, purpose, async gateway => {
    const made: { day: string; file: string; bytes: number }[] = [];
    const failed: { day: string; why: string }[] = [];
    for (const day of daysBetween(from, until)) {
      const file = join(to, `archive-${day}.zip`);
      if (existsSync(file)) continue;
      try {
        made.push({ day, file, bytes: await make(gateway, file, searchOfDay(day), options) });
        if (options.json !== true) process.stdout.write(`${file}: ${made.at(-1)?.bytes ?? 0} bytes\n`);
      } catch (error) {
        // One day that cannot be taken along keeps no other from it.
        if (!(error instanceof ArchiveBrokeOff)) throw error;
        failed.push({ day, why: error.message });
        process.stderr.write(`rcsctl: ${error.message}\n`);
      }
    }
    print(options.json === true, { made, failed }, () => `${made.length} archives made, ${failed.length} broke off`);
    if (failed.length > 0) process.exitCode = 1;
  });
}
