import type { Command } from 'commander';
import {
  parseAccountChoice,
  parseNewUser,
  parseUserChange,
  UserAdministration,
  userView,
  type AccountChoice,
  type AccountAdministrator,
  type UserView,
} from '#accounts';
import { allPrivileges, type User } from '#store';
import { withConfiguration, type ConfigurationOptions } from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { readSecret } from '../terminal/read-secret.js';
import { withAdministeredStore } from '../users/administered-store.js';
import { userLine, userTable } from '../users/user-table.js';

interface CommonOptions extends ConfigurationOptions {
  readonly json?: boolean;
}

interface ChoiceOptions extends CommonOptions {
  readonly source?: string;
  readonly contactCenter?: string;
}

interface RightsOptions extends ChoiceOptions {
  readonly role?: readonly string[];
  readonly privilege?: readonly string[];
  readonly accessGroup?: readonly string[];
  readonly partition?: readonly string[];
  readonly agentHierarchy?: string;
  readonly agentId?: readonly string[];
}

/** `rcsctl users`: the users of the store, administered by whoever may write it; every act is in the audit. */
export function usersCommand(program: Command): void {
  const users = program.command('users').description('administer the users of the store');
  const command = (usage: string, description: string): Command =>
    withConfiguration(users.command(usage).description(description)).option('--json', 'JSON for programs');

  command('list', 'all users')
    .option('--contact-center <id>', 'of this contact center alone')
    .action((options: ChoiceOptions) =>
      administer(options, async ({ administration, administrator }) => {
        const listed = (await administration.list(administrator, options.contactCenter)).map(userView);
        print(options.json === true, listed, () => userTable(listed));
      }),
    );
  withChoice(command('show', 'one user'))
    .argument('<name>')
    .action((name: string, options: ChoiceOptions) =>
      answering(options, ({ administration, administrator }) =>
        administration.show(administrator, name, choiceOf(options)),
      ),
    );
  withRights(command('add', 'a new user; the password is read from standard input or asked for'))
    .argument('<name>')
    .option('--contact-center <id>', 'contact center; absent for an operations account')
    .action((name: string, options: RightsOptions) =>
      answering(options, async ({ administration, administrator }) => {
        const { contactCenter } = options;
        const password = await readSecret('Password: ');
        const input = parseNewUser({ userName: name, password, contactCenter, ...rightsOf(options) });
        return administration.add(administrator, input, {});
      }),
    );
  withChoice(withRights(command('grant', 'set rights of a user; a list that is given replaces the one that was there')))
    .argument('<name>')
    .action((name: string, options: RightsOptions) =>
      answering(options, ({ administration, administrator }) =>
        administration.change(administrator, name, parseUserChange(rightsOf(options)), {}, choiceOf(options)),
      ),
    );
  command('set-password', 'a new password, read from standard input or asked for; ends the sessions of the user')
    .argument('<name>')
    .action((name: string, options: CommonOptions) =>
      answering(options, async ({ administration, administrator }) =>
        administration.setPassword(administrator, name, await readSecret('New password: '), {}),
      ),
    );
  for (const [verb, enabled] of [
    ['disable', false],
    ['enable', true],
  ] as const) {
    withChoice(
      command(verb, enabled ? 'let a disabled user in again' : 'let a user in no more; everything else is kept'),
    )
      .argument('<name>')
      .action((name: string, options: ChoiceOptions) =>
        answering(options, ({ administration, administrator }) =>
          administration.change(administrator, name, { enabled }, {}, choiceOf(options)),
        ),
      );
  }
  withChoice(command('remove', 'remove a user'))
    .argument('<name>')
    .action((name: string, options: ChoiceOptions) =>
      administer(options, async ({ administration, administrator }) => {
        await administration.remove(administrator, name, {}, choiceOf(options));
        print(options.json === true, { removed: name }, () => `${name}: removed`);
      }),
    );
}

function withRights(command: Command): Command {
  return command
    .option('--role <role...>', 'agent, supervisor, admin or ops')
    .option('--privilege <privilege...>', allPrivileges.join(', '))
    .option('--access-group <path...>', 'such as /Anthony; / sees all')
    .option('--partition <path...>', 'as in GRECORD_PARTITIONS, such as /sales')
    .option('--agent-hierarchy <path>', "the person's own place, such as /Anthony/John")
    .option('--agent-id <id...>', 'what recordings call the person besides the name');
}

/** Where several accounts have the name, such as a local one and one of a directory. */
function withChoice(command: Command): Command {
  return command
    .option('--source <system>', 'local, configuration-server or openid: which of several accounts of the name')
    .option('--contact-center <id>', 'the account of this contact center');
}

const choiceOf = ({ source, contactCenter }: ChoiceOptions): AccountChoice =>
  parseAccountChoice({ source, contactCenter });

function rightsOf(options: RightsOptions): Record<string, unknown> {
  const given = {
    roles: options.role,
    privileges: options.privilege,
    accessGroups: options.accessGroup,
    partitions: options.partition,
    agentHierarchy: options.agentHierarchy,
    agentIds: options.agentId,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

interface Work {
  readonly administration: UserAdministration;
  readonly administrator: AccountAdministrator;
}

function administer({ config }: CommonOptions, work: (given: Work) => Promise<void>): Promise<void> {
  return withAdministeredStore(config, ({ store, administrator, opsUsername }) =>
    work({ administration: new UserAdministration(store, [opsUsername]), administrator }),
  );
}

function answering(options: CommonOptions, work: (given: Work) => Promise<User>): Promise<void> {
  return administer(options, async given => {
    const view: UserView = userView(await work(given));
    print(options.json === true, view, () => userLine(view));
  });
}
