import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(__dirname, '../../../..');

it('the types of key-vault.proto are those that scripts/protocol-types.mjs makes of it', () => {
  const made = execFileSync(process.execPath, ['scripts/protocol-types.mjs', '--print'], { cwd: repository });
  expect(readFileSync(join(__dirname, 'key-vault.generated.ts'), 'utf8')).toBe(made.toString());
});
