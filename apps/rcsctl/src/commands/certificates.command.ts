import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { assignmentPath, certificatePath } from '../certificates/administration-paths.js';
import { administering, showAnswer, type AddCommand, type Fields } from '../certificates/administration-call.js';
import {
  assignmentText,
  certificateTable,
  rewrapText,
  type CertificateLine,
  type RewrapLine,
} from '../certificates/certificate-tables.js';
import { watchRewrap } from '../certificates/rewrap-watch.js';
import { withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { readPasswordFile } from '../terminal/password-source.js';
import { print } from '../terminal/print.js';
import { keyPairCommands } from './key-pairs.commands.js';

interface AssignmentOptions extends GatewayOptions {
  readonly ivrProfile?: string;
  readonly recordUnencrypted?: boolean;
}
interface RewrapOptions extends GatewayOptions {
  readonly to?: string;
  readonly mode: string;
  readonly wait: boolean;
}

/** `rcsctl certificates`: what administrators of certificates do, through the gateway. */
export function certificatesCommand(program: Command): void {
  const certificates = program.command('certificates').description('administer recording certificates and keys');
  const command = (usage: string, description: string): Command =>
    withGatewayOptions(certificates.command(usage).description(description));
  listCommands(command);
  keyPairCommands(command);
  assignments(command);
  lifecycleCommands(command);
  rewraps(command);
}

function listCommands(command: AddCommand): void {
  command('list', 'all certificates')
    .option('--sort <column>', 'such as expires, or -expires the other way round', 'alias')
    .option('--deleted', 'deleted ones too')
    .action((options: GatewayOptions & { sort: string; deleted?: boolean }) =>
      administering(options, async gateway => {
        const query = new URLSearchParams({
          sort: options.sort,
          limit: '500',
          deleted: String(options.deleted === true),
        });
        const page = (await gateway.call('GET', `/rcs/certificates?${query.toString()}`)) as {
          certificates: CertificateLine[];
        };
        print(options.json === true, page, () => certificateTable(page.certificates));
      }),
    );
  command('show <alias>', 'one certificate with all that is known of it').action(
    (alias: string, options: GatewayOptions) => showAnswer(options, 'GET', certificatePath(alias)),
  );
}

function assignments(command: AddCommand): void {
  const withTarget = (one: Command): Command =>
    one.option('--ivr-profile <name>', 'IVR profile; screen recordings when absent');
  withTarget(command('assign [alias...]', 'encrypt for these certificates and no others'))
    .option('--record-unencrypted', 'confirms an empty list')
    .action((aliases: string[], options: AssignmentOptions) =>
      showAnswer(
        options,
        'PUT',
        assignmentPath(options.ivrProfile),
        { aliases, ...confirmed(options) },
        assignmentText,
      ),
    );
  withTarget(command('assigned', 'what is assigned')).action((options: AssignmentOptions) =>
    showAnswer(options, 'GET', assignmentPath(options.ivrProfile), undefined, assignmentText),
  );
  command('export-annex <profile>', 'the annex of an IVR profile in its text form').action(
    (profile: string, options: GatewayOptions) =>
      administering(options, async gateway => {
        const path = `/rcs/ivr-profiles/${encodeURIComponent(profile)}/annex`;
        const answer = (await gateway.call('GET', path)) as { annex: string };
        print(options.json === true, answer, () => answer.annex.trimEnd());
      }),
  );
  command('import-annex <profile> <file>', 'assign what an exported annex names; the keys must be there')
    .option('--record-unencrypted', 'confirms an empty list')
    .action((profile: string, file: string, options: AssignmentOptions) =>
      showAnswer(
        options,
        'PUT',
        `/rcs/ivr-profiles/${encodeURIComponent(profile)}/annex`,
        {
          annex: readFileSync(file, 'utf8'),
          ...confirmed(options),
        },
        assignmentText,
      ),
    );
}

interface KeyRemovalOptions {
  readonly confirm: string;
  readonly unplayable?: string;
  readonly approval?: string[];
}

function lifecycleCommands(command: AddCommand): void {
  command('renew <alias> <successor>', 'put a successor in every place of a certificate').action(
    (alias: string, successor: string, options: GatewayOptions) =>
      showAnswer(options, 'POST', `${certificatePath(alias)}/renew`, { successor }),
  );
  command('delete <alias>', 'take a certificate out of use; its key stays in the token')
    .option('--force <alias>', 'the alias again: although it is in use')
    .action((alias: string, options: GatewayOptions & { force?: string }) =>
      showAnswer(
        options,
        'DELETE',
        certificatePath(alias),
        options.force === undefined ? {} : { force: options.force },
      ),
    );
  command(
    'remove-key <alias>',
    'take the private key of a deleted certificate out of use; it can be restored for a while',
  )
    .requiredOption('--confirm <alias>', 'the alias again')
    .option('--unplayable <count>', 'how many recordings shall not play any more, where only this key opens them')
    .option('--approval <files...>', 'what operators have signed, where sources of recordings cannot be listed')
    .action((alias: string, options: GatewayOptions & KeyRemovalOptions) => {
      const approvals = (options.approval ?? []).map(readPasswordFile);
      return showAnswer(options, 'DELETE', `${certificatePath(alias)}/key`, {
        confirm: options.confirm,
        ...(options.unplayable === undefined ? {} : { unplayable: Number(options.unplayable) }),
        ...(approvals.length === 0 ? {} : { approvals }),
      });
    });
  command('restore-key <alias>', 'take a private key that was removed into use again').action(
    (alias: string, options: GatewayOptions) => showAnswer(options, 'POST', `${certificatePath(alias)}/restore-key`),
  );
}

function rewraps(command: AddCommand): void {
  command('rewrap <alias>', 'give the recordings of a certificate a recipient for another one')
    .requiredOption('--to <alias>', 'the other certificate')
    .addOption(
      new Option('--mode <mode>', 'add the recipient, or replace the old one once the new one is proven')
        .choices(['add', 'replace'])
        .default('add'),
    )
    .option('--no-wait', 'only start it')
    .action((alias: string, options: RewrapOptions) =>
      administering(options, async gateway => {
        const { to, mode } = options;
        const started = (await gateway.call('POST', `${certificatePath(alias)}/rewrap`, { to, mode })) as RewrapLine;
        const run = options.wait ? await watchRewrap(gateway, started.id) : started;
        print(options.json === true, run, () => rewrapText(run));
        if (run.counts.failed > 0) process.exitCode = 1;
      }),
    );
  command('rewraps', 'all runs and how far they are').action((options: GatewayOptions) =>
    administering(options, async gateway => {
      const answer = (await gateway.call('GET', '/rcs/rewraps')) as { rewraps: RewrapLine[] };
      print(options.json === true, answer, () => answer.rewraps.map(rewrapText).join('\n') || 'no run');
    }),
  );
  for (const verb of ['pause', 'resume'] as const) {
    command(`${verb}-rewrap <id>`, `${verb} a run`).action((id: string, options: GatewayOptions) =>
      administering(options, async gateway => {
        const run = (await gateway.call('POST', `/rcs/rewraps/${encodeURIComponent(id)}/${verb}`)) as RewrapLine;
        print(options.json === true, run, () => rewrapText(run));
      }),
    );
  }
}

const confirmed = ({ recordUnencrypted }: AssignmentOptions): Fields =>
  recordUnencrypted === true ? { confirm: 'record unencrypted' } : {};
