import type { Command } from 'commander';
import { keptArchivesText, type KeptArchiveAnswer } from '../archive/kept-archives.js';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { print } from '../terminal/print.js';

const path = '/rcs/kept-archives';

interface Page {
  readonly archives: readonly KeptArchiveAnswer[];
  readonly nextCursor?: string;
}

/** `rcsctl archive kept`: for which archives keys are kept. */
export function keptArchivesCommands(archive: Command): void {
  const kept = archive.command('kept').description('archives that were made here, and that keys are kept for');
  withGatewayOptions(kept.command('list'))
    .description('the newest first; for administrators of certificates')
    .option('--certificate <alias>', 'those alone with media files that only its key opens')
    .action((options: GatewayOptions & { readonly certificate?: string }) =>
      withGateway(options, 'to ask about archives', async gateway => {
        const archives = await all(gateway, options.certificate);
        print(options.json === true, { archives }, () => keptArchivesText(archives));
      }),
    );
  withGatewayOptions(kept.command('release'))
    .argument('<archive...>', 'ids of the archives')
    .requiredOption('--reason <text>', 'why; it stands in the audit')
    .description('say that nobody needs them any more: no key is kept for them from now on')
    .action((ids: readonly string[], options: GatewayOptions & { readonly reason: string }) =>
      withGateway(options, 'to release archives', async gateway => {
        const released: KeptArchiveAnswer[] = [];
        for (const id of ids) {
          const body = { reason: options.reason };
          released.push(
            (await gateway.call('POST', `${path}/${encodeURIComponent(id)}/release`, body)) as KeptArchiveAnswer,
          );
          if (options.json !== true) process.stdout.write(`${id}: released\n`);
        }
        if (options.json === true) print(true, { released }, () => '');
      }),
    );
}

async function all(gateway: GatewayClient, certificate: string | undefined): Promise<KeptArchiveAnswer[]> {
  const archives: KeptArchiveAnswer[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = new URLSearchParams({
      ...(certificate === undefined ? {} : { certificate }),
      ...(cursor === '' ? {} : { cursor }),
    });
    const page = (await gateway.call('GET', `${path}?${query.toString()}`)) as Page;
    archives.push(...page.archives);
    cursor = page.nextCursor;
  }
  return archives;
}
