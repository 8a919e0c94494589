import type { Command } from 'commander';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { OperatorKeys } from '../operator/operator-keys.js';
import { AtomicFile } from '../output/atomic-file.js';
import { decryptStoredFile } from '../stored-media/decrypt-stored-file.js';
import { interruptible } from '../terminal/interruption.js';
import { print } from '../terminal/print.js';

interface Options extends ConfigurationOptions {
  readonly output: string;
  readonly envelope?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `rcsctl decrypt`: a stored file as the media it holds, its session key opened by the vault. */
export function decryptCommand(program: Command): void {
  withConfiguration(program.command('decrypt'))
    .description('decrypt a stored file through the key vault, as an operator whom its configuration names')
    .argument('<file>', 'CMS in DER, BER, PEM, base64 or S/MIME, or ciphertext with --envelope')
    .requiredOption('-o, --output <file>', 'where the media goes; the file appears when it is complete')
    .option('--envelope <file>', 'the envelope, where it does not stand in the file')
    .option('--force', 'replace the output file if there is one')
    .option('--json', 'JSON for programs')
    .action((file: string, options: Options) => interruptible(signal => decrypt(file, options, signal)));
}

async function decrypt(file: string, options: Options, signal: AbortSignal): Promise<void> {
  const keys = OperatorKeys.open(readConfiguration(options.config));
  try {
    const output = await AtomicFile.create(options.output, { replace: options.force === true });
    try {
      const job = { file, envelopeFile: options.envelope, purpose: 'decrypt', signal } as const;
      const decrypted = await decryptStoredFile(job, keys, {
        begin: () => output.restart(),
        take: plaintext => output.write(plaintext),
      });
      await output.commit();
      const { plaintextLength, certificateAlias } = decrypted;
      print(
        options.json === true,
        { file, output: options.output, ...decrypted },
        () => `${options.output}: ${plaintextLength} bytes, opened by the key ${certificateAlias}`,
      );
    } catch (error) {
      await output.discard();
      throw error;
    }
  } finally {
    keys.close();
  }
}
