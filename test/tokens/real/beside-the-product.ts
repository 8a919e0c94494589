import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostedToken } from '#pkcs11';
import { doctorReport } from '../../../apps/rcsctl/src/vault-doctor/doctor-report.js';
import { examineToken } from '../../../apps/rcsctl/src/vault-doctor/examine-token.js';
import { recordingKey } from '../../../libs/pkcs11/src/testing/recording-key.js';
import type { DescribedToken } from './contract-cells.js';
import { optionsOf, soon } from './open-token.js';

/** A private key comes in by the token's own tool, and is found by its modulus. */
export async function byOwnTool(token: HostedToken, { ownTool }: DescribedToken): Promise<string> {
  if (ownTool === undefined) return 'not needed';
  const directory = mkdtempSync(join(tmpdir(), 'rcs-own-tool-'));
  const [file, label] = [join(directory, 'key.pem'), '9350/brought'];
  const { pair, privateKey } = await recordingKey(label);
  try {
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    const [program = '', ...rest] = ownTool.map(word => word.replace('KEY', file).replace('LABEL', label));
    execFileSync(program, rest, { stdio: 'pipe' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const name = { type: 'subject-key-identifier', keyIdentifier: pair.keyIdentifier } as const;
  const found = await token.findKeys(name, () => true, soon());
  return found.length === 1 ? 'yes' : 'NOT FOUND';
}

/** What the doctor says is doubtful or worse; its report shows no secret and no name. */
export async function withDoctor(described: DescribedToken): Promise<string> {
  const { serialised = false, objectsReadOnce = false } = described.settings;
  const findings = await examineToken({ ...optionsOf(described), newKeys: true, serialised, objectsReadOnce });
  const report = doctorReport([{ name: 'token', findings }], new Date());
  if (report.includes(described.pin) || report.includes('9350/')) return 'TELLS SECRETS';
  if (!findings.some(({ check }) => check === 'speed'))
    return `NOTHING: ${findings.map(({ found }) => found).join('; ')}`;
  const poor = findings.filter(({ verdict }) => verdict !== 'good').map(({ check, verdict }) => `${check} ${verdict}`);
  return poor.length === 0 ? 'all good' : poor.join(', ');
}
