import type { Command } from 'commander';
import { ContactCenterAdministration, type AccountAdministrator } from '#accounts';
import type { ContactCenter } from '#store';
import { withConfiguration, type ConfigurationOptions } from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';
import { withAdministeredStore } from '../users/administered-store.js';

interface Options extends ConfigurationOptions {
  readonly json?: boolean;
  readonly id?: string;
  readonly name?: string;
  readonly domain?: string;
  readonly allowedOrigin?: readonly string[];
}

interface Work {
  readonly administration: ContactCenterAdministration;
  readonly administrator: AccountAdministrator;
}

/** `rcsctl contact-centers`: the tenants of this server. */
export function contactCentersCommand(program: Command): void {
  const contactCenters = program.command('contact-centers').description('administer the contact centers of the store');
  const command = (usage: string, description: string): Command =>
    withConfiguration(contactCenters.command(usage).description(description)).option('--json', 'JSON for programs');

  command('list', 'all contact centers').action((options: Options) =>
    administer(options, async ({ administration }) => {
      const all = await administration.list();
      print(options.json === true, all, () => (all.length === 0 ? 'none' : table(all)));
    }),
  );
  command('add', 'a new contact center')
    .argument('<name>')
    .option('--id <id>', 'its id, as recorders name it in URLs; a new one when absent')
    .option('--domain <domain>', 'what stands behind the @ in the names of its users; cannot be changed later')
    .option('--allowed-origin <origin...>', 'origins of pages that its users may use, such as https://*.example.org')
    .action((name: string, options: Options) =>
      answering(options, ({ administration, administrator }) => {
        const { id, domain, allowedOrigin: allowedOrigins } = options;
        return administration.add(administrator, { id, name, domain, allowedOrigins }, {});
      }),
    );
  command('change', 'change a contact center; what is not given stays')
    .argument('<id>')
    .option('--name <name>')
    .option('--allowed-origin <origin...>', 'replaces those that are there')
    .action((id: string, options: Options) =>
      answering(options, ({ administration, administrator }) =>
        administration.change(administrator, id, { name: options.name, allowedOrigins: options.allowedOrigin }, {}),
      ),
    );
}

function administer({ config }: Options, work: (given: Work) => Promise<void>): Promise<void> {
  return withAdministeredStore(config, ({ store, administrator }) =>
    work({ administration: new ContactCenterAdministration(store.contactCenters, store.audit), administrator }),
  );
}

function answering(options: Options, work: (given: Work) => Promise<ContactCenter>): Promise<void> {
  return administer(options, async given => {
    const contactCenter = await work(given);
    print(options.json === true, contactCenter, () => line(contactCenter));
  });
}

function table(all: readonly ContactCenter[]): string {
  return textTable(
    ['Id', 'Name', 'Domain', 'Allowed origins'],
    all.map(({ id, name, domain = '', allowedOrigins = [] }) => [id, name, domain, allowedOrigins.join(' ')]),
  );
}

function line({ id, name, domain, allowedOrigins }: ContactCenter): string {
  return [id, name, domain ?? '', ...(allowedOrigins ?? [])].filter(text => text !== '').join('  ');
}
