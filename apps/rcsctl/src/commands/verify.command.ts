import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readConfiguration } from '../configuration/read-configuration.js';
import type { ContentProof } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { OperatorKeys } from '../operator/operator-keys.js';
import { decryptStoredFile } from '../stored-media/decrypt-stored-file.js';
import { verifyRecording } from '../stored-media/verify-recording.js';
import { interruptible } from '../terminal/interruption.js';
import { print } from '../terminal/print.js';

interface Options extends GatewayOptions {
  readonly envelope?: string;
  readonly recording?: boolean;
}

/** `rcsctl verify`: proves that a recording can be decrypted to its last byte. */
export function verifyCommand(program: Command): void {
  withGatewayOptions(program.command('verify'))
    .description('prove that a recording can be decrypted to its last byte')
    .argument(
      '<file-or-id>',
      'a stored file, opened through the key vault; or the id of a recording, played by a gateway',
    )
    .option('--envelope <file>', 'the envelope, where it does not stand in the file')
    .option('--recording', 'the argument is the id of a recording, even where a file has this name')
    .action((what: string, options: Options) =>
      interruptible(signal =>
        options.recording !== true && existsSync(what)
          ? verifyFile(what, options, signal)
          : verifyById(what, options, signal),
      ),
    );
}

async function verifyFile(file: string, options: Options, signal: AbortSignal): Promise<void> {
  const keys = OperatorKeys.open(readConfiguration(options.config));
  try {
    let hash = createHash('sha256');
    const job = { file, envelopeFile: options.envelope, purpose: 'verify', signal } as const;
    const decrypted = await decryptStoredFile(job, keys, {
      begin: () => {
        hash = createHash('sha256');
        return Promise.resolve();
      },
      take: plaintext => {
        hash.update(plaintext);
        return Promise.resolve();
      },
    });
    const result = { file, verified: true, ...decrypted, sha256: hash.digest('hex') };
    print(
      options.json === true,
      result,
      () =>
        `${file}: decrypts to its last byte; ${result.plaintextLength} bytes, SHA-256 ${result.sha256}, key ${result.certificateAlias}; content not proved: a file by itself has no content tree`,
    );
  } finally {
    keys.close();
  }
}

async function verifyById(id: string, options: Options, signal: AbortSignal): Promise<void> {
  await withGateway(options, 'there is no such file, and to play a recording', async gateway => {
    const result = await verifyRecording(id, gateway, signal);
    print(options.json === true, result, () =>
      result.mediaFiles
        .map(file =>
          file.verified
            ? `${file.mediaId}: plays to its last byte; ${file.bytes} bytes, SHA-256 ${file.sha256}, ${proofText(file.content)}`
            : `${file.mediaId}: cannot be played: ${file.problem}`,
        )
        .join('\n'),
    );
    if (!result.verified) process.exitCode = 1;
  });
}

/** That something decrypts does not say that it is what was recorded. */
const proofText = (content: ContentProof): string =>
  content === 'proved'
    ? 'content proved by its tree'
    : 'content not proved: there is no content tree yet, or playback.verifyContent is off';
