import type { Command } from 'commander';
import { describeStoredFile } from '../stored-media/describe-envelope.js';
import { envelopeReport } from '../stored-media/envelope-report.js';
import { interruptible } from '../terminal/interruption.js';
import { print } from '../terminal/print.js';

interface Options {
  readonly envelope?: string;
  readonly json?: boolean;
}

/** `rcsctl inspect`: what a stored file is; needs no key and asks nobody. */
export function inspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('show the envelope of a stored file: recipients, algorithms, layout, length, seekable or not')
    .argument('<file>', 'CMS in DER, BER, PEM, base64 or S/MIME, an envelope alone, or ciphertext with --envelope')
    .option('--envelope <file>', 'the envelope, where it does not stand in the file')
    .option('--json', 'machine-readable output')
    .action(async (file: string, { envelope, json }: Options) => {
      const description = await interruptible(signal => describeStoredFile(file, envelope, signal));
      print(json === true, description, () => envelopeReport(description));
      if (description.problem !== undefined) process.exitCode = 1;
    });
}
