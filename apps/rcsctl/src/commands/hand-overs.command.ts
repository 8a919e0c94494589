import type { Command } from 'commander';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { print } from '../terminal/print.js';

const purpose = 'to ask about hand-overs';
const path = '/api/v2/ops/hand-overs';

interface HandOvers {
  readonly handOvers: readonly {
    readonly recordingId: string;
    readonly receiver: string;
    readonly attempts: number;
    readonly reason?: string;
  }[];
}

type ListOptions = GatewayOptions & { readonly waiting?: boolean };

/** `rcsctl hand-overs`: metadata that no interaction receiver took; for operations accounts. */
export function handOversCommand(program: Command): void {
  const handOvers = program.command('hand-overs').description('metadata that no interaction receiver took');
  withGatewayOptions(handOvers.command('list'))
    .description('those that were given up, 100 at most')
    .option('--waiting', 'those that are still tried')
    .action((options: ListOptions) =>
      withGateway(options, purpose, async gateway => {
        const state = options.waiting === true ? 'waiting' : 'given-up';
        const answer = (await gateway.call('GET', `${path}?state=${state}`)) as HandOvers;
        print(options.json === true, answer, () => listText(answer));
      }),
    );
  for (const [operationName, what] of [
    ['retry', 'have one that was given up tried again at once'],
    ['discard', 'forget one that was given up'],
  ] as const) {
    withGatewayOptions(handOvers.command(`${operationName} <recording> <receiver>`))
      .description(what)
      .action((recordingId: string, receiver: string, options: GatewayOptions) =>
        withGateway(options, purpose, async gateway => {
          const answer = await gateway.call('POST', path, { operationName, recordingId, receiver });
          print(options.json === true, answer, () => (operationName === 'retry' ? 'is tried again' : 'discarded'));
        }),
      );
  }
}

function listText({ handOvers }: HandOvers): string {
  if (handOvers.length === 0) return 'none';
  return handOvers
    .map(({ recordingId, receiver, attempts, reason }) => {
      const why = reason === undefined ? '' : `: ${reason}`;
      return `${recordingId}  ${receiver}  ${attempts} attempts${why}`;
    })
    .join('\n');
}
