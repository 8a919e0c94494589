/**
 * Writes the types of key-vault.proto, as the loader gives its messages, into one file that is kept in the tree;
 * `--print` writes them to stdout, for the test that compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const repository = fileURLToPath(new URL('..', import.meta.url));
const proto = 'libs/contracts/src/key-vault/key-vault.proto';
const target = join(repository, 'libs/contracts/src/key-vault/key-vault.generated.ts');
const generator = join(repository, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js');
/** As keyVaultLoaderOptions; the form that is sent gets another name, the plain one is what arrives. */
const options = ['--longs=Number', '--enums=String', '--defaults', '--includeComments'];
const names = ['--inputTemplate=%sSent', '--outputTemplate=%s'];

async function protocolTypes() {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-protocol-'));
  try {
    const args = [generator, ...options, ...names, '-O', directory, proto];
    execFileSync(process.execPath, args, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] });
    const folder = join(directory, 'recording_crypto_server/key_vault/v1');
    const files = readdirSync(folder).filter(file => file !== 'KeyVault.ts');
    const parts = files.sort().map(file => arriving(readFileSync(join(folder, file), 'utf8')));
    const text = `// Made from key-vault.proto by scripts/protocol-types.mjs: what arrives, defaults filled in.\n\n${parts.join('\n')}`;
    return await format(text, { ...(await resolveConfig(target)), parser: 'typescript' });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Without imports, for all stand in one file, and without the form that is sent: what may be left out is said by hand. */
const arriving = text =>
  text
    .replace(/^(\/\/ Original file|import).*\n/gm, '')
    .replace(/_recording_crypto_server_key_vault_v1_/g, '')
    .replace(/^export interface \w+Sent \{[^}]*\}\n/gm, '')
    .replace(/^export interface \w+ \{\s*\}\n?/gm, '')
    .replace(/^export type \w+Sent =(?:(?!\n\n)[^])*\n\n/gm, '')
    .trim() + '\n';

const types = await protocolTypes();
if (process.argv.includes('--print')) process.stdout.write(types);
else writeFileSync(target, types);
