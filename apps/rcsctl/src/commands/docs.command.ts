import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { configurationPage } from '#platform';
import { errorsPage } from '../documentation/errors-page.js';

/** Writes the pages of the documentation that are made from code. */
export function docsCommand(program: Command): void {
  program
    .command('docs', { hidden: true })
    .argument('<directory>', 'where the pages lie')
    .action((directory: string) => {
      writeFileSync(join(directory, 'errors.md'), errorsPage());
      writeFileSync(join(directory, 'configuration.md'), configurationPage());
    });
}
