import type { Command } from 'commander';
import { ConfigurationError } from '#platform';
import {
  jobsText,
  jobText,
  scheduleText,
  type ArchiveJobAnswer,
  type ArchivePartAnswer,
  type ArchiveScheduleAnswer,
} from '../archive/archive-jobs.js';
import { recipientsOf, type RecipientOptions } from '../archive/archive-wish.js';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { print } from '../terminal/print.js';
import { wholeNumber } from '../terminal/whole-number.js';

const purpose = 'to ask about archive jobs';
const jobsPath = '/rcs/archive-jobs';
const schedulePath = '/rcs/archive-schedule';

/** Where a job writes its parts, and how large they are. */
export interface PlacementOptions {
  readonly storage: string;
  readonly partRecordings?: number;
  readonly partBytes?: number;
}

interface ScheduleOptions extends GatewayOptions, PlacementOptions, RecipientOptions {
  readonly at: string;
  readonly toStorage: string;
  readonly reason: string;
  readonly olderThanDays?: number;
  readonly newerThanDays?: number;
}

export const withPlacement = (command: Command): Command =>
  command
    .option('--storage <kind>', 'its kind: webDAV or file', 'webDAV')
    .option('--part-recordings <number>', 'recordings of a part, at most', wholeNumber)
    .option('--part-bytes <number>', 'bytes with which a part ends', wholeNumber);

/** The part of a request that says where parts go. @throws ConfigurationError for another kind of storage */
export function placementOf(path: string, { storage, partRecordings, partBytes }: PlacementOptions): object {
  if (storage !== 'webDAV' && storage !== 'file') throw new ConfigurationError('--storage: webDAV or file');
  const parts = {
    ...(partRecordings === undefined ? {} : { recordings: partRecordings }),
    ...(partBytes === undefined ? {} : { bytes: partBytes }),
  };
  return { destination: { storage, path }, parts };
}

/** Has an archive made into a storage by the gateways. */
export async function beginJob(gateway: GatewayClient, request: object, json: boolean): Promise<void> {
  const job = (await gateway.call('POST', jobsPath, request)) as ArchiveJobAnswer;
  print(json, job, () => `${jobText(job)}\nrcsctl archive jobs show ${job.id} says how far it is`);
}

/** `rcsctl archive jobs` and `rcsctl archive schedule`: archives that gateways make into storages. */
export function archiveJobsCommands(archive: Command): void {
  jobsCommands(archive.command('jobs').description('archives that gateways make into a storage'));
  scheduleCommands(archive.command('schedule').description('the archive that gateways make once a day'));
}

function jobsCommands(jobs: Command): void {
  withGatewayOptions(jobs.command('list'))
    .description('the newest first, 100 at most')
    .action((options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        const answer = (await gateway.call('GET', jobsPath)) as { readonly jobs: readonly ArchiveJobAnswer[] };
        print(options.json === true, answer, () => jobsText(answer.jobs));
      }),
    );
  withGatewayOptions(jobs.command('show'))
    .argument('<job>', 'id of the job')
    .description('how far it is, its parts and what was left out; exit status 1 when it has failed')
    .action((id: string, options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        const { job, parts } = await jobWithParts(gateway, id);
        print(options.json === true, { ...job, parts }, () => jobText(job, parts));
        if (job.state === 'failed') process.exitCode = 1;
      }),
    );
  for (const [name, method, suffix, what] of [
    ['pause', 'POST', '/pause', 'give up the part at hand, until it is resumed'],
    ['resume', 'POST', '/resume', 'go on with one that is paused, failed or waits'],
    ['cancel', 'DELETE', '', 'end it for good; parts that are whole stay where they are'],
  ] as const) {
    withGatewayOptions(jobs.command(name))
      .argument('<job>', 'id of the job')
      .description(what)
      .action((id: string, options: GatewayOptions) =>
        withGateway(options, purpose, async gateway => {
          const path = `${jobsPath}/${encodeURIComponent(id)}${suffix}`;
          const job = (await gateway.call(method, path)) as ArchiveJobAnswer;
          print(options.json === true, job, () => jobText(job));
        }),
      );
  }
}

async function jobWithParts(gateway: GatewayClient, id: string) {
  const parts: ArchivePartAnswer[] = [];
  for (let after: number | undefined = 0; ;) {
    const path = `${jobsPath}/${encodeURIComponent(id)}?after=${after}`;
    const answer = await gateway.call('GET', path);
    const {
      parts: page,
      next,
      ...job
    } = answer as ArchiveJobAnswer & {
      readonly parts: readonly ArchivePartAnswer[];
      readonly next?: number;
    };
    parts.push(...page);
    if (next === undefined) return { job, parts };
    after = next;
  }
}

function scheduleCommands(schedule: Command): void {
  withGatewayOptions(schedule.command('show'))
    .description('when, what and where to')
    .action((options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        const answer = (await gateway.call('GET', schedulePath)) as ArchiveScheduleAnswer;
        print(options.json === true, answer, () => scheduleText(answer));
      }),
    );
  withPlacement(withGatewayOptions(schedule.command('set')))
    .description('have an archive of the day before made each day; in the place of an earlier schedule')
    .requiredOption('--at <time>', 'time of day in UTC, HH:mm')
    .requiredOption('--to-storage <location>', 'folder in a storage of the contact center')
    .requiredOption('--reason <text>', 'why; it stands in the audit and in the manifests')
    .option('--older-than-days <days>', 'recordings of so many days before, or earlier; 0 when absent', wholeNumber)
    .option('--newer-than-days <days>', 'recordings of the days since then; 1 day more when absent', wholeNumber)
    .option('--encrypt-plain-for <alias>', 'certificate that plain media are encrypted for; else they are left out')
    .option('--recipient <file>', 'certificate (PEM) that the archives are for; the vaults must allow it')
    .option('--plain-media <way>', 'with --recipient: refuse, or encrypt')
    .action((options: ScheduleOptions) =>
      withGateway(options, purpose, async gateway => {
        const { at, toStorage, reason, olderThanDays = 0 } = options;
        const answer = (await gateway.call('PUT', schedulePath, {
          at,
          reason,
          age: { minimumDays: olderThanDays, maximumDays: options.newerThanDays ?? olderThanDays + 1 },
          ...recipientsOf(options),
          ...placementOf(toStorage, options),
        })) as ArchiveScheduleAnswer;
        print(options.json === true, answer, () => scheduleText(answer));
      }),
    );
  withGatewayOptions(schedule.command('remove'))
    .description('have none made any more; jobs that were begun go on')
    .action((options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        await gateway.call('DELETE', schedulePath);
        print(options.json === true, { removed: true }, () => 'no archive is made by itself any more');
      }),
    );
}
