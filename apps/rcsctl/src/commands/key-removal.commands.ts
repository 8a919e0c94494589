import { readFileSync, writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { KeyEntry } from '#contracts';
import { RcsError } from '#platform';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { withVaults } from '../key-import/open-vaults.js';
import { approve, destroyKey, keyTable, setKeyState } from '../key-removal/key-acts.js';
import { heldKeys, namedKey } from '../key-removal/named-key.js';
import { print } from '../terminal/print.js';

interface KeyOptions extends ConfigurationOptions {
  readonly json?: boolean;
  readonly contactCenter?: string;
}
interface ApprovalOptions extends KeyOptions {
  readonly purpose: 'disable' | 'destroy';
  readonly source?: readonly string[];
  readonly out: string;
}
interface DestructionOptions extends KeyOptions {
  readonly confirm: string;
  readonly approval?: readonly string[];
  readonly source?: readonly string[];
}

/** `rcsctl keys list`, `disable`, `enable`, `approve` and `destroy`: how a key ends, at the vaults themselves. */
export function keyRemovalCommands(keys: Command): void {
  const command = (usage: string, description: string): Command =>
    withConfiguration(keys.command(usage).description(description)).option('--json', 'JSON for programs');
  const aboutKey = (usage: string, description: string): Command =>
    command(usage, description).option('--contact-center <id>', 'whose key; needed where several have the alias');
  command('list', 'all keys in the tokens and their states').action(list);
  aboutKey(
    'disable <alias>',
    'take a key out of use at every vault; it can be enabled again until it is destroyed',
  ).action((alias: string, options: KeyOptions) => setState(alias, options, 'DisableKey'));
  aboutKey('enable <alias>', 'take a disabled key into use again').action((alias: string, options: KeyOptions) =>
    setState(alias, options, 'EnableKey'),
  );
  aboutKey('approve <alias>', 'sign, as an operator, that a key may be destroyed or disabled; valid for a day')
    .addOption(new Option('--purpose <purpose>').choices(['destroy', 'disable']).default('destroy'))
    .option('--source <names...>', 'sources of recordings that cannot be listed and that you have looked at')
    .requiredOption('-o, --out <file>', 'where the approval is written, for whoever acts')
    .action(writeApproval);
  aboutKey('destroy <alias>', 'destroy a key that was disabled long enough ago; it cannot be undone')
    .requiredOption('--confirm <alias>', 'the alias again')
    .option('--approval <files...>', 'what other operators have signed with rcsctl keys approve')
    .option('--source <names...>', 'sources of recordings that cannot be listed and that you have looked at')
    .action(destroy);
}

function list({ config, json }: KeyOptions): Promise<void> {
  return withVaults(config, async vaults => {
    const held = await heldKeys(vaults);
    const shown = held.map(({ vault, key }) => ({ vault: vault.address, ...withoutBytes(key) }));
    print(json === true, { keys: shown }, () => keyTable(held));
  });
}

function setState(alias: string, options: KeyOptions, call: 'DisableKey' | 'EnableKey'): Promise<void> {
  return withVaults(options.config, async vaults => {
    const key = await setKeyState(namedKey(await heldKeys(vaults), alias, options.contactCenter), call);
    print(options.json === true, withoutBytes(key), () =>
      key.state === 'DISABLED'
        ? `${alias}: disabled; it can be enabled until it is destroyed, at ${key.destroyableAt ?? ''} at the earliest`
        : `${alias}: in use`,
    );
  });
}

function writeApproval(alias: string, options: ApprovalOptions): Promise<void> {
  const { purpose, source = [], out } = options;
  return withVaults(options.config, async vaults => {
    const held = namedKey(await heldKeys(vaults), alias, options.contactCenter);
    const approvals = approve(held, purpose, source, readConfiguration(options.config));
    writeFileSync(out, `${approvals.join('\n')}\n`, { mode: 0o600 });
    print(
      options.json === true,
      { alias, purpose, file: out },
      () => `${out}: approves to ${purpose} ${alias}, for a day`,
    );
  });
}

function destroy(alias: string, options: DestructionOptions): Promise<void> {
  const { confirm, approval = [], source = [] } = options;
  return withVaults(options.config, async vaults => {
    if (confirm !== alias) {
      const publicDetail = `type the alias ${JSON.stringify(alias)} again with --confirm: recordings made for the key never open again`;
      throw new RcsError('RCS_CONFIRMATION_REQUIRED', publicDetail, { publicDetail });
    }
    const held = namedKey(await heldKeys(vaults), alias, options.contactCenter);
    const own = approve(held, 'destroy', source, readConfiguration(options.config));
    const privateKeyDestroyed = await destroyKey(held, [...own, ...approval.flatMap(linesOf)]);
    print(options.json === true, { alias, privateKeyDestroyed }, () =>
      privateKeyDestroyed
        ? `${alias}: destroyed; copies in the key backup, if there are any, are not (docs/key-backup.md)`
        : `${alias}: its certificates are gone; the private key serves another contact center`,
    );
  });
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** The public key stands in the certificate, too. */
const withoutBytes = (key: KeyEntry): object => ({ ...key, publicKey: undefined });
