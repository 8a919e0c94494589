import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endingWithUs } from '#platform';
import type { RealToken } from '#test/tokens/real-token.js';
import type { ContractCells } from './contract-cells.js';

const run = promisify(execFile);
const loader = join(__dirname, '../../../libs/store/src/testing/typescript-loader.cjs');
const program = join(__dirname, 'contract-program.ts');
const timeoutMs = 300_000;

/** Runs the contract in a process that has the environment, and the namespaces, of the token. */
export async function runContract(token: RealToken): Promise<ContractCells> {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-contract-'));
  const file = join(directory, 'token.json');
  const { modulePath, uri, secondUri, secondSettings, pin, settings, environment, ownTool } = token;
  const described = { modulePath, uri, secondUri, secondSettings, pin, settings, environment, ownTool };
  writeFileSync(file, JSON.stringify(described), { mode: 0o600 });
  const [command, ...rest] = [...token.within, process.execPath, '--require', loader, program, file];
  try {
    const options = { env: { ...process.env, ...environment }, timeout: timeoutMs, maxBuffer: 1 << 24 };
    const { stdout } = await run(...endingWithUs(command, rest), options);
    return JSON.parse(stdout) as ContractCells;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
