import type { Command } from 'commander';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { print } from '../terminal/print.js';
import { textTable } from '../terminal/text-table.js';

interface Options extends GatewayOptions {
  readonly contactCenter?: string;
}

/** A credential as the gateway lists it. */
interface ListedCredential {
  readonly id: string;
  /** Absent for one that belongs to none. */
  readonly contactCenter?: string;
  readonly state: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly rotatedAt?: string;
  readonly formerKeyUntil?: string;
}

interface IssuedCredential {
  readonly id: string;
  readonly authKey: string;
}

const base = '/rcs/local-key-manager';

/** `rcsctl hawk`: who may call the local key manager. */
export function hawkCommand(program: Command): void {
  const hawk = program.command('hawk').description('administer who may call the local key manager');
  const command = (usage: string, description: string): Command =>
    withGatewayOptions(hawk.command(usage).description(description)).option(
      '--contact-center <id>',
      'whose credential: for operations accounts, where there are several contact centers',
    );

  command('list', 'all credentials, the revoked ones too').action((options: Options) =>
    asking(options, async gateway => {
      const { credentials } = (await gateway.call('GET', `${base}/credentials${queryOf(options)}`)) as {
        credentials: ListedCredential[];
      };
      print(options.json === true, credentials, () =>
        credentials.length === 0 ? 'no credential' : credentialTable(credentials),
      );
    }),
  );
  command('register', 'a new credential; its key is shown this once')
    .argument('<id>', '6 characters or more')
    .action((id: string, options: Options) =>
      issuing(options, gateway => gateway.call('POST', `${base}/credentials`, { id, ...ownerIn(options) })),
    );
  command('rotate', 'a new key for a credential; it is shown this once')
    .argument('<id>')
    .option('--overlap <seconds>', 'how long the former key serves on', Number, 86_400)
    .action((id: string, { overlap, ...options }: Options & { readonly overlap: number }) =>
      issuing(options, gateway =>
        gateway.call('POST', `${pathOf(id)}/rotation`, { overlapSeconds: overlap, ...ownerIn(options) }),
      ),
    );
  command('revoke', 'a credential is refused from now on, by every gateway')
    .argument('<id>')
    .action((id: string, options: Options) =>
      asking(options, async gateway => {
        const revoked = await gateway.call('DELETE', `${pathOf(id)}${queryOf(options)}`);
        print(options.json === true, revoked, () => `${id} is revoked`);
      }),
    );
  command('invite', 'a token with which one credential can be registered, once')
    .option('--valid-for <seconds>', 'how long', Number, 3600)
    .action(({ validFor, ...options }: Options & { readonly validFor: number }) =>
      asking(options, async gateway => {
        const asked = { validForSeconds: validFor, ...ownerIn(options) };
        const invitation = await gateway.call('POST', `${base}/invitations`, asked);
        const { token, expiresAt } = invitation as { token: string; expiresAt: string };
        print(options.json === true, invitation, () => `token    ${token}\nexpires  ${expiresAt}`);
      }),
    );
}

const pathOf = (id: string): string => `${base}/credentials/${encodeURIComponent(id)}`;

const ownerIn = ({ contactCenter }: Options): { contactCenter?: string } =>
  contactCenter === undefined ? {} : { contactCenter };

const queryOf = ({ contactCenter }: Options): string =>
  contactCenter === undefined ? '' : `?contactCenter=${encodeURIComponent(contactCenter)}`;

function credentialTable(credentials: readonly ListedCredential[]): string {
  const header = ['Id', 'State', 'Contact center', 'Registered', 'By', 'Key of', 'Former key until'];
  return textTable(
    header,
    credentials.map(
      ({ id, state, contactCenter = 'none', createdAt, createdBy, rotatedAt = '', formerKeyUntil = '' }) => [
        id,
        state,
        contactCenter,
        createdAt,
        createdBy,
        rotatedAt,
        formerKeyUntil,
      ],
    ),
  );
}

async function issuing(options: Options, ask: (gateway: GatewayClient) => Promise<unknown>): Promise<void> {
  await asking(options, async gateway => {
    const issued = (await ask(gateway)) as IssuedCredential;
    print(options.json === true, issued, () => `id   ${issued.id}\nkey  ${issued.authKey}`);
  });
}

function asking(options: GatewayOptions, ask: (gateway: GatewayClient) => Promise<void>): Promise<void> {
  return withGateway(options, 'to administer Hawk credentials', ask);
}
