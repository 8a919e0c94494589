import type { Command } from 'commander';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { mediaIndexText, type MediaIndex } from '../recordings/media-index-text.js';
import { listenersText, type Listeners } from '../recordings/listeners-text.js';
import { print } from '../terminal/print.js';

const purpose = 'to ask about recordings';
const path = '/rcs/recordings/index-status';

/** `rcsctl recordings`: what is known of the stored files of a contact center. */
export function recordingsCommand(program: Command): void {
  const recordings = program.command('recordings').description('what is known of the stored files of recordings');
  withGatewayOptions(recordings.command('index-status'))
    .description('how many media files have been looked at, and which could not be')
    .option('--retry', 'look at once at those that could not be looked at')
    .action((options: GatewayOptions & { readonly retry?: boolean }) =>
      withGateway(options, purpose, async gateway => {
        const answer =
          options.retry === true ? await gateway.call('POST', `${path}/retry`) : await gateway.call('GET', path);
        print(options.json === true, answer, () => mediaIndexText(answer as MediaIndex));
      }),
    );
  withGatewayOptions(recordings.command('listeners <recording>'))
    .description('who listened to a recording, and to what of it; for those who may read the audit')
    .action((recording: string, options: GatewayOptions) =>
      withGateway(options, purpose, async gateway => {
        const listeners: Listeners['listeners'][number][] = [];
        for (let cursor: string | undefined = ''; cursor !== undefined;) {
          const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
          const url = `/rcs/recordings/${encodeURIComponent(recording)}/listeners${query}`;
          const page = (await gateway.call('GET', url)) as Listeners;
          listeners.push(...page.listeners);
          cursor = page.nextCursor;
        }
        print(options.json === true, { listeners }, () => listenersText({ listeners }));
      }),
    );
  withGatewayOptions(recordings.command('give-up <recording>'))
    .description('take a recording for lost whose media files cannot be read: it holds no certificate any more')
    .option('--confirm <recording>', 'its id, typed again')
    .action((recording: string, options: GatewayOptions & { readonly confirm?: string }) =>
      withGateway(options, purpose, async gateway => {
        const { confirm } = options;
        const answer = await gateway.call('POST', `${path}/${encodeURIComponent(recording)}/give-up`, { confirm });
        print(options.json === true, answer, () => mediaIndexText(answer as MediaIndex));
      }),
    );
}
