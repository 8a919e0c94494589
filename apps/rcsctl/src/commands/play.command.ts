import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { print } from '../terminal/print.js';

interface Options {
  readonly gateway: string;
  readonly user: string;
  readonly passwordFile: string;
  readonly caFile?: string;
  readonly serverName?: string;
  readonly sha256?: string;
  readonly json?: boolean;
}

/** `rcsctl play`: plays a recording as a user would and says what came; how an installation is tested. */
export function playCommand(program: Command): void {
  program
    .command('play')
    .description('play a recording through a gateway and check what comes')
    .argument('<playPath>', 'playPath of the media file: /recordings/.../play/...')
    .requiredOption('--gateway <url>', 'URL of the gateway')
    .requiredOption('--user <name>', 'who plays')
    .requiredOption('--password-file <file>', 'file with the password of the user')
    .option('--ca-file <file>', "the gateway's certificate or its authority, PEM; the system's authorities when absent")
    .option('--server-name <name>', 'name in the certificate of the gateway, where it is not that of the URL')
    .option('--sha256 <hex>', 'what the media must be')
    .option('--json', 'machine-readable output')
    .action(async (playPath: string, options: Options) => {
      const media = await play(playPath, options);
      const result = { bytes: media.length, sha256: createHash('sha256').update(media).digest('hex') };
      if (options.sha256 !== undefined && options.sha256.toLowerCase() !== result.sha256)
        throw new Error(`the recording plays, but other bytes than expected: SHA-256 ${result.sha256}`);
      print(options.json === true, result, () => `${result.bytes} bytes, SHA-256 ${result.sha256}`);
    });
}

async function play(playPath: string, options: Options): Promise<Buffer> {
  const client = new GatewayClient({
    url: options.gateway,
    caPem: options.caFile === undefined ? undefined : readFileSync(options.caFile, 'utf8'),
    serverName: options.serverName,
    userName: options.user,
    password: readFileSync(options.passwordFile, 'utf8').replace(/\r?\n$/, ''),
  });
  try {
    return await client.play(playPath);
  } finally {
    await client.close();
  }
}
