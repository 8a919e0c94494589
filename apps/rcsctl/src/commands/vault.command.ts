import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parsePkcs11Uri } from '#pkcs11';
import { requireSections } from '#platform';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { doctorReport, type ExaminedToken } from '../vault-doctor/doctor-report.js';
import { examineToken } from '../vault-doctor/examine-token.js';
import type { Finding } from '../vault-doctor/finding.js';

const marks: Readonly<Record<Finding['verdict'], string>> = { good: 'ok', doubtful: '??', bad: '!!' };

interface DoctorOptions extends ConfigurationOptions {
  readonly json?: boolean;
  readonly report?: string;
}

/** `rcsctl vault doctor`: looks at the tokens of a vault's configuration and says what to do. */
export function vaultCommand(program: Command): void {
  withConfiguration(program.command('vault').description('the key vault and its tokens').command('doctor'))
    .description('open the tokens of the configuration as the vault does, look at everything, unwrap once')
    .option('--json', 'JSON for programs')
    .option('--report <file>', 'write what the tokens are and can do, without names, labels and numbers of yours')
    .action(async ({ config, json, report }: DoctorOptions) => {
      const { keyVault } = requireSections(readConfiguration(config), 'keyVault');
      const tokens: ExaminedToken[] = [];
      for (const settings of keyVault.tokens) {
        const { token, serial, slotId } = parsePkcs11Uri(settings.uri);
        const name = token ?? serial ?? `slot ${slotId ?? 'unknown'}`;
        tokens.push({ name, findings: await examineToken(settings) });
      }
      if (report !== undefined) writeFileSync(report, doctorReport(tokens, new Date()));
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
