import type { Command } from 'commander';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';

const purpose = 'to ask about removals';
const path = '/api/v2/ops/removals';

interface PendingRemovals {
  readonly storedFiles: readonly {
    readonly recordingId: string;
    readonly mediaId: string;
    readonly contactCenter: string;
    readonly attempts: number;
    readonly reason?: string;
  }[];
}

type ListOptions = GatewayOptions & { readonly contactCenter?: string };

/** `rcsctl removals`: stored files of removed recordings that are still there; for operations accounts. */
export function removalsCommand(program: Command): void {
  const removals = program.command('removals').description('stored files of removed recordings that are still there');
  withGatewayOptions(removals.command('list'))
    .description('the oldest trouble first, 100 at most')
    .option('--contact-center <id>', 'of this contact center alone')
    .action((options: ListOptions) =>
      withGateway(options, purpose, async gateway => {
        const { contactCenter } = options;
        const query = contactCenter === undefined ? '' : `?contactCenter=${encodeURIComponent(contactCenter)}`;
        const answer = (await gateway.call('GET', `${path}${query}`)) as PendingRemovals;
        print(options.json === true, answer, () => listText(answer));
      }),
    );
  withGatewayOptions(removals.command('retry <recording>'))
    .description('have its files tried again at once')
    .action((recordingId: string, options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        const answer = (await gateway.call('POST', path, { recordingId })) as { readonly isFinished: boolean };
        print(options.json === true, answer, () =>
          answer.isFinished ? 'nothing of it is left' : 'still there; rcsctl removals list says why',
        );
      }),
    );
}

function listText({ storedFiles }: PendingRemovals): string {
  if (storedFiles.length === 0) return 'none';
  const rows = storedFiles.map(({ recordingId, mediaId, contactCenter, attempts, reason = '' }) => [
    ...[recordingId, mediaId, contactCenter],
    ...[String(attempts), reason],
  ]);
  return textTable(['Recording', 'Media file', 'Contact center', 'Attempts', 'Reason'], rows);
}
