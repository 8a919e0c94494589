import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { LineInsertion, type InsertionSummary } from '../insertion/insert-lines.js';
import { readLines } from '../insertion/json-lines.js';
import { LineProgress } from '../insertion/line-progress.js';
import { recorderGateway, type RecorderGatewayOptions } from '../recorder/recorder-access.js';
import { withRecorderGateway } from '../recorder/recorder-options.js';
import { interruptible } from '../terminal/interruption.js';
import { print } from '../terminal/print.js';
import { ProgressBar } from '../terminal/progress-bar.js';

interface Options extends ConfigurationOptions, RecorderGatewayOptions {
  readonly position?: string;
  readonly concurrency: number;
  readonly maxFailures: number;
  readonly patience: number;
  readonly json?: boolean;
}

/** `rcsctl insert`: metadata of many recordings, whose media is stored already. */
export function insertCommand(program: Command): void {
  withRecorderGateway(withConfiguration(program.command('insert')))
    .description('insert recordings whose media is stored already: a file of JSON lines, one recording in each')
    .argument('<file>', 'the file; - for standard input')
    .option('--position <file>', 'keeps which lines are done: the same command goes on there after whatever stopped it')
    .option('--concurrency <n>', 'insertions at once, 1 to 64', wholeNumber(1, 64), 8)
    .option('--max-failures <n>', 'more refused lines end it', wholeNumber(0, 1_000_000), 1000)
    .option('--patience <seconds>', 'how long a gateway that is away is waited for', wholeNumber(0, 86_400), 60)
    .option('--json', 'JSON for programs')
    .action((file: string, options: Options) => interruptible(signal => insert(file, options, signal)));
}

async function insert(file: string, options: Options, signal: AbortSignal): Promise<void> {
  const { gateway: access, contactCenter } = recorderGateway(readConfiguration(options.config), options);
  const progress = await LineProgress.open(options.position);
  const gateway = new GatewayClient(access);
  const bar = file === '-' ? undefined : new ProgressBar('inserting', (await stat(file)).size);
  const insertion = new LineInsertion({
    gateway,
    contactCenter,
    progress,
    concurrency: options.concurrency,
    maximumFailures: options.maxFailures,
    patienceMs: options.patience * 1000,
    signal,
    advance: bytes => bar?.advance(bytes),
    onWait: why => process.stderr.write(`rcsctl: waiting for the gateway, for ${options.patience} s at most: ${why}\n`),
  });
  const started = performance.now();
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    const summary = await insertion.run(readLines(input as AsyncIterable<Buffer>));
    bar?.end();
    tell(options, summary, performance.now() - started);
  } catch (error) {
    bar?.end();
    // What was done before is worth knowing, too.
    tell(options, insertion.summary(), performance.now() - started);
    throw error;
  } finally {
    await gateway.close();
  }
}

function tell({ json }: Options, summary: InsertionSummary, milliseconds: number): void {
  const seconds = Math.round(milliseconds) / 1000;
  if (summary.failed.length > 0) process.exitCode = 1;
  print(json === true, { ...summary, seconds }, () => textOf(summary, seconds));
}

function textOf({ created, unchanged, skipped, failed, warned, warnings }: InsertionSummary, seconds: number): string {
  const counts = [`${created} inserted`, `${unchanged} there already`, `${failed.length} refused`];
  if (skipped > 0) counts.push(`${skipped} lines done before`);
  if (warned > 0) counts.push(`${warned} with warnings`);
  return [
    ...warnings.flatMap(({ line, id, warnings: some }) => some.map(text => `line ${line} (${id}), warning: ${text}`)),
    ...failed.map(({ line, id, error }) => `line ${line}${id === undefined ? '' : ` (${id})`}: ${error}`),
    `${counts.join(', ')}; ${seconds.toFixed(1)} s`,
  ].join('\n');
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };
}
