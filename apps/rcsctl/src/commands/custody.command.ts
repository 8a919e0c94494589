import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CustodyStatus, FoundMediaFiles, Proof } from '../custody/custody-answers.js';
import {
  custodyReportText,
  failingOf,
  sampleOf,
  type CustodyReport,
  type ProvedByRun,
} from '../custody/custody-report.js';
import { proveRecordings } from '../custody/prove-recordings.js';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { interruptible } from '../terminal/interruption.js';
import { print, progress } from '../terminal/print.js';
import { ProgressBar } from '../terminal/progress-bar.js';

interface ReportOptions extends GatewayOptions {
  readonly sample?: number;
  readonly seed?: string;
  readonly maxAge: number;
  readonly perSecond: number;
  readonly patience: number;
}

const hourMs = 3_600_000;

/** `rcsctl custody`: whether every recording still opens. */
export function custodyCommand(program: Command): void {
  const custody = program.command('custody').description('whether every recording still opens with its key');
  withGatewayOptions(custody.command('report'))
    .description(
      'open every media file anew, or a sample, and say which cannot be played; killed, it goes on when it runs again',
    )
    .option('--sample <media files>', 'look at about so many, chosen by chance', positive)
    .option('--seed <text>', 'of the sample, to look at the same ones again')
    .addOption(
      new Option('--max-age <hours>', 'leave out what was proved in the last hours; 0: nothing')
        .argParser(notNegative)
        .default(24),
    )
    .addOption(new Option('--per-second <media files>', 'at most').argParser(positive).default(100))
    .addOption(new Option('--patience <seconds>', 'to wait for what is away').argParser(notNegative).default(60))
    .action((options: ReportOptions) =>
      withGateway(options, 'to prove recordings', gateway =>
        interruptible(async signal => {
          const report = await reportOf(gateway, options, signal);
          print(options.json === true, report, () => custodyReportText(report));
          if (report.failures.length > 0 || report.proved.failed > 0) process.exitCode = 1;
        }),
      ),
    );
  withGatewayOptions(custody.command('status'))
    .description('what is known, without opening anything')
    .action((options: GatewayOptions) =>
      withGateway(options, 'to ask how recordings stand', async gateway => {
        const report = await known(gateway, provedIn([], 1));
        print(options.json === true, report, () => custodyReportText(report));
      }),
    );
}

async function reportOf(gateway: GatewayClient, options: ReportOptions, signal: AbortSignal): Promise<CustodyReport> {
  const { mediaFiles } = (await gateway.call('GET', '/rcs/custody')) as CustodyStatus;
  const { maxAge, perSecond, patience, seed = randomBytes(4).toString('hex') } = options;
  const sampled = options.sample === undefined ? undefined : { mediaFiles: options.sample, seed };
  const share = sampled === undefined ? 1 : Math.min(1, sampled.mediaFiles / Math.max(1, mediaFiles));
  const bar = new ProgressBar('media files proved', Math.ceil(mediaFiles * share), {
    format: count => String(Math.round(count)),
  });
  const proofs: Proof[] = [];
  const began = performance.now();
  await proveRecordings(gateway, {
    before: new Date(Date.now() - maxAge * hourMs).toISOString(),
    sample: sampled === undefined ? undefined : { share, seed },
    perSecond,
    patienceMs: patience * 1000,
    signal,
    proved: page => {
      proofs.push(...page);
      bar.advance(page.length);
    },
    waiting: reason => progress(`waiting: ${reason}`),
  });
  bar.end();
  const seconds = Math.max(0.001, (performance.now() - began) / 1000);
  const report = await known(gateway, provedIn(proofs, seconds));
  return sampled === undefined ? report : { ...report, sample: sampleOf(sampled, proofs) };
}

function provedIn(proofs: readonly Proof[], seconds: number): ProvedByRun {
  const recordings = new Set(proofs.map(({ recording }) => recording)).size;
  const rates = { perSecond: proofs.length / seconds, recordingsPerSecond: recordings / seconds };
  return { mediaFiles: proofs.length, recordings, failed: failingOf(proofs), ...rates };
}

async function known(gateway: GatewayClient, proved: ProvedByRun): Promise<CustodyReport> {
  const status = (await gateway.call('GET', '/rcs/custody')) as CustodyStatus;
  const { mediaFiles: failures } = (await gateway.call('GET', '/rcs/custody/media-files')) as FoundMediaFiles;
  return { status, proved, failures };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0');
  return value;
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError('0, or a number above it');
  return value;
}
