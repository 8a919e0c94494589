import type { Command } from 'commander';
import { quickstart } from '../quickstart/quickstart.js';

/** `rcsctl quickstart`: a whole cluster on this machine, with demo recordings that play. */
export function quickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .description('run a whole cluster on this machine, with demo recordings; Ctrl-C ends it')
    .option('--data-dir <directory>', 'where everything is kept', '.rcs')
    .option('--json', 'print one line of JSON when it is ready')
    .action(async ({ dataDir, json }: { dataDir: string; json?: boolean }) => {
      process.exitCode = await quickstart({ dataDirectory: dataDir, json: json === true });
    });
}
