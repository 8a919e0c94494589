import { createHash } from 'node:crypto';
import { type Command, Option } from 'commander';
import { GatewayClient } from '../gateway-client/gateway-client.js';
import { gatewayAccess, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { readConfiguration } from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';

interface Options extends GatewayOptions {
  readonly caFile?: string;
  readonly serverName?: string;
  readonly sha256?: string;
}

/** `rcsctl play`: plays a recording as a user would and says what came; how an installation is tested. */
export function playCommand(program: Command): void {
  withGatewayOptions(program.command('play'))
    .description('play a recording through a gateway and check what comes')
    .argument('<playPath>', 'playPath of the media file: /recordings/.../play/...')
    .addOption(new Option('--ca-file <file>', 'what --ca was called').hideHelp())
    .option('--server-name <name>', 'name in the certificate of the gateway, where it is not that of the URL')
    .option('--sha256 <hex>', 'what the media must be')
    .action(async (playPath: string, options: Options) => {
      const media = await play(playPath, options);
      const result = { bytes: media.length, sha256: createHash('sha256').update(media).digest('hex') };
      if (options.sha256 !== undefined && options.sha256.toLowerCase() !== result.sha256)
        throw new Error(`the recording plays, but other bytes than expected: SHA-256 ${result.sha256}`);
      print(options.json === true, result, () => `${result.bytes} bytes, SHA-256 ${result.sha256}`);
    });
}

async function play(playPath: string, options: Options): Promise<Buffer> {
  const named = { ...options, ca: options.ca ?? options.caFile };
  const access = gatewayAccess(readConfiguration(options.config), named, 'to play a recording');
  const client = new GatewayClient({ ...access, serverName: options.serverName });
  try {
    return await client.play(playPath);
  } finally {
    await client.close();
  }
}
