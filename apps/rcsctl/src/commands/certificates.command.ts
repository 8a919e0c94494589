import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { assignmentPath, certificatePath } from '../certificates/administration-paths.js';
import {
  assignmentText,
  certificateTable,
  rewrapText,
  type CertificateLine,
  type RewrapLine,
} from '../certificates/certificate-tables.js';
import { describeKeyFile, sealKeyFile } from '../certificates/key-pair-files.js';
import { watchRewrap } from '../certificates/rewrap-watch.js';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, withGatewayOptions, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { namingPasswordOptions } from '../terminal/password-hints.js';
import { readPasswordFile } from '../terminal/password-source.js';
import { fieldText } from '../terminal/field-text.js';
import { print } from '../terminal/print.js';

type Fields = Readonly<Record<string, unknown>>;

const sameNameHelp = 'although another key has a certificate of the same issuer and serial number, or key identifier';

interface PairOptions extends GatewayOptions {
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPasswordFile?: string;
  readonly alias?: string;
  readonly decryptOnly?: boolean;
  readonly sameName?: boolean;
}
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
  uploads(command);
  generatedKeys(command);
  assignments(command);
  lifecycleCommands(command);
  rewraps(command);
}

type Add = (usage: string, description: string) => Command;

function administering<T>(options: GatewayOptions, work: (gateway: GatewayClient) => Promise<T>): Promise<T> {
  return withGateway(options, 'to administer certificates', work);
}

function listCommands(command: Add): void {
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
    (alias: string, options: GatewayOptions) => show(options, 'GET', certificatePath(alias)),
  );
}

const keyPassword = { key: '--key-password-file' };

function uploads(command: Add): void {
  const passwordFile = ['--key-password-file <file>', 'file with the password of the private key'] as const;
  command('inspect', 'what is in a certificate and a key file, and what an upload would say; keeps nothing')
    .option('--key <file>', 'private key, PEM')
    .option(...passwordFile)
    .option('--certificate <file>', 'certificate, PEM, one or a chain')
    .action((options: PairOptions) => inspect(options));
  command('upload', 'take in a certificate and its private key')
    .requiredOption('--key <file>', 'private key, PEM')
    .option(...passwordFile)
    .requiredOption('--certificate <file>', 'certificate, PEM, one or a chain')
    .option('--alias <alias>', 'name of the certificate; made from its subject when absent')
    .option('--decrypt-only', 'to open old recordings; encrypts nothing')
    .option('--same-name', sameNameHelp)
    .action((options: PairOptions & { certificate: string; key: string }) => upload(options));
}

function generatedKeys(command: Add): void {
  const keyPath = (alias: string): string => `/rcs/keys/${encodeURIComponent(alias)}`;
  command('generate <alias>', 'make a key in the token')
    .option('--size <bits>', '2048, 3072 or 4096', '3072')
    .action((alias: string, options: GatewayOptions & { size: string }) =>
      show(options, 'POST', '/rcs/keys', { alias, size: Number(options.size) }),
    );
  command('csr <alias>', 'certificate request (PKCS#10) of a key that was made in the token')
    .requiredOption('--subject <name>', 'such as "CN=Genesys Recording,O=Genesys,C=US"')
    .option('--out <file>', 'where it is written; standard output when absent')
    .action((alias: string, options: GatewayOptions & { subject: string; out?: string }) =>
      administering(options, async gateway => {
        const { subject, out } = options;
        const path = `${keyPath(alias)}/certificate-signing-request`;
        const request = (await gateway.call('POST', path, { subject })) as string;
        if (out !== undefined) writeFileSync(out, request);
        print(options.json === true, { alias, request, ...(out === undefined ? {} : { file: out }) }, () =>
          out === undefined
            ? request.trimEnd()
            : `${out}: certificate request of ${alias}; have it signed, then: rcsctl certificates attach ${alias}`,
        );
      }),
    );
  command('attach <alias>', 'put the issued certificate beside the key it was requested for')
    .requiredOption('--certificate <file>', 'certificate, PEM, with its chain')
    .option('--same-name', sameNameHelp)
    .action((alias: string, options: PairOptions & { certificate: string }) =>
      show(options, 'POST', `${keyPath(alias)}/certificate`, {
        certificate: pem(options.certificate),
        ...(options.sameName === true ? { sameName: true } : {}),
      }),
    );
}

function assignments(command: Add): void {
  const withTarget = (one: Command): Command =>
    one.option('--ivr-profile <name>', 'IVR profile; screen recordings when absent');
  withTarget(command('assign [alias...]', 'encrypt for these certificates and no others'))
    .option('--record-unencrypted', 'confirms an empty list')
    .action((aliases: string[], options: AssignmentOptions) =>
      show(options, 'PUT', assignmentPath(options.ivrProfile), { aliases, ...confirmed(options) }, assignmentText),
    );
  withTarget(command('assigned', 'what is assigned')).action((options: AssignmentOptions) =>
    show(options, 'GET', assignmentPath(options.ivrProfile), undefined, assignmentText),
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
      show(
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

function lifecycleCommands(command: Add): void {
  command('renew <alias> <successor>', 'put a successor in every place of a certificate').action(
    (alias: string, successor: string, options: GatewayOptions) =>
      show(options, 'POST', `${certificatePath(alias)}/renew`, { successor }),
  );
  command('delete <alias>', 'take a certificate out of use; its key stays in the token')
    .option('--force <alias>', 'the alias again: although it is in use')
    .action((alias: string, options: GatewayOptions & { force?: string }) =>
      show(options, 'DELETE', certificatePath(alias), options.force === undefined ? {} : { force: options.force }),
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
      return show(options, 'DELETE', `${certificatePath(alias)}/key`, {
        confirm: options.confirm,
        ...(options.unplayable === undefined ? {} : { unplayable: Number(options.unplayable) }),
        ...(approvals.length === 0 ? {} : { approvals }),
      });
    });
  command('restore-key <alias>', 'take a private key that was removed into use again').action(
    (alias: string, options: GatewayOptions) => show(options, 'POST', `${certificatePath(alias)}/restore-key`),
  );
}

function rewraps(command: Add): void {
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

/** Makes one call and shows what it answers. */
function show(
  options: GatewayOptions,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Fields,
  text: (answer: Fields) => string = fieldText,
): Promise<void> {
  return administering(options, async gateway => {
    const answer = (await gateway.call(method, path, body)) as Fields;
    print(options.json === true, answer, () => text(answer));
  });
}

/** The gateway describes the certificate; the key is described here and goes nowhere. */
function inspect(options: PairOptions): Promise<void> {
  const { certificate, key } = options;
  return administering(options, async gateway => {
    const answer: Fields = {
      ...(certificate === undefined && key !== undefined
        ? {}
        : ((await gateway.call('POST', '/rcs/certificates/inspect', certificateOf(options))) as Fields)),
      ...(key === undefined
        ? {}
        : {
            key: await namingPasswordOptions(keyPassword, () => describeKeyFile(key, passwordOf(options), certificate)),
          }),
    };
    print(options.json === true, answer, () => fieldText(answer));
  });
}

/** The key leaves this process encrypted to the key vaults: the gateway never has it. */
function upload(options: PairOptions & { readonly certificate: string; readonly key: string }): Promise<void> {
  const { certificate, key, alias, decryptOnly, sameName } = options;
  return administering(options, async gateway => {
    const answer = (await gateway.call('POST', '/rcs/certificates', {
      ...certificateOf(options),
      ...(await namingPasswordOptions(keyPassword, () => sealKeyFile(gateway, key, passwordOf(options), certificate))),
      ...(alias === undefined ? {} : { alias }),
      ...(decryptOnly === true ? { decryptOnly } : {}),
      ...(sameName === true ? { sameName } : {}),
    })) as Fields;
    print(options.json === true, answer, () => fieldText(answer));
  });
}

const certificateOf = ({ certificate }: PairOptions): Fields =>
  certificate === undefined ? {} : { certificate: pem(certificate) };

const passwordOf = ({ keyPasswordFile }: PairOptions): string | undefined =>
  keyPasswordFile === undefined ? undefined : readPasswordFile(keyPasswordFile);

/** As it stands: what is no PEM is for the gateway to refuse, in the same words for everybody. */
const pem = (file: string): string => readFileSync(file, 'latin1');

const confirmed = ({ recordUnencrypted }: AssignmentOptions): Fields =>
  recordUnencrypted === true ? { confirm: 'record unencrypted' } : {};
