import type { Command } from 'commander';
import { describeStoredFile, type EnvelopeDescription } from '../stored-media/describe-envelope.js';
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
    .option('--json', 'JSON for programs')
    .addHelpText(
      'after',
      `
Exit code:
  0  encrypted: an envelope that can be read, in the file or named with --envelope
  1  the envelope or the content is broken
  3  clear media, by its signature
  4  neither: raw ciphertext, raw media without a signature (G.711, PCM), or anything else`,
    )
    .action(async (file: string, { envelope, json }: Options) => {
      const description = await interruptible(signal => describeStoredFile(file, envelope, signal));
      print(json === true, description, () => envelopeReport(description));
      process.exitCode = exitCodeOf(description);
    });
}

/** Clear media and what nobody can name are told apart from encrypted files, and from each other. */
function exitCodeOf({ problem, layout }: EnvelopeDescription): number {
  if (problem !== undefined) return 1;
  if (layout === 'plain') return 3;
  return layout === 'unrecognised' ? 4 : 0;
}
