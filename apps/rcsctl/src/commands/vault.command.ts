import type { Command } from 'commander';
import { parsePkcs11Uri } from '#pkcs11';
import { requireSections } from '#platform';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { examineToken, type Finding } from '../vault-doctor/examine-token.js';

const marks: Readonly<Record<Finding['verdict'], string>> = { good: 'ok', doubtful: '??', bad: '!!' };

/** `rcsctl vault doctor`: looks at the tokens of a vault's configuration and says what to do. */
export function vaultCommand(program: Command): void {
  withConfiguration(program.command('vault').description('the key vault and its tokens').command('doctor'))
    .description('open the tokens of the configuration as the vault does, look at everything, unwrap once')
    .option('--json', 'JSON for programs')
    .action(async ({ config, json }: ConfigurationOptions & { readonly json?: boolean }) => {
      const { keyVault } = requireSections(readConfiguration(config), 'keyVault');
      const tokens: { readonly name: string; readonly findings: readonly Finding[] }[] = [];
      for (const settings of keyVault.tokens) {
        const { token, serial, slotId } = parsePkcs11Uri(settings.uri);
        const name = token ?? serial ?? `slot ${slotId ?? 'unknown'}`;
        tokens.push({ name, findings: await examineToken(settings) });
      }
      const healthy = tokens.every(({ findings }) => findings.every(({ verdict }) => verdict !== 'bad'));
      print(json === true, { healthy, tokens }, () =>
        tokens.flatMap(({ name, findings }) => [`token ${name}`, ...findings.flatMap(lines)]).join('\n'),
      );
      process.exitCode = healthy ? 0 : 1;
    });
}

const lines = ({ check, verdict, found, advice }: Finding): string[] => [
  `  ${marks[verdict]} ${check.padEnd(11)} ${found}`,
  ...(advice === '' ? [] : [`     ${advice}`]),
];
