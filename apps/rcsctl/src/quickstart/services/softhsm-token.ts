import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run-command.js';

export interface SoftHsmToken {
  /** RFC 7512 */
  readonly uri: string;
  /** What a process needs in its environment to open the token. */
  readonly environment: Readonly<Record<string, string>>;
}

const modulePaths = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
];
const label = 'recordings';

/** A SoftHSM token below `directory`; made at the first call, found again later. */
export async function softHsmToken(directory: string, pin: string, securityOfficerPin: string): Promise<SoftHsmToken> {
  const modulePath = modulePaths.find(path => existsSync(path));
  if (modulePath === undefined) throw new Error('libsofthsm2.so is missing: install the Debian package softhsm2');
  const configuration = join(directory, 'softhsm2.conf');
  const tokens = join(directory, 'tokens');
  const environment = { SOFTHSM2_CONF: configuration };
  if (!existsSync(configuration)) {
    mkdirSync(tokens, { recursive: true, mode: 0o700 });
    const pins = ['--pin', pin, '--so-pin', securityOfficerPin];
    const settings = `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`;
    writeFileSync(`${configuration}.new`, settings, { mode: 0o600 });
    await runCommand('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], {
      environment: { SOFTHSM2_CONF: `${configuration}.new` },
    });
    writeFileSync(configuration, settings, { mode: 0o600 });
  } else leadTo(tokens, configuration);
  return { uri: `pkcs11:token=${label}?module-path=${modulePath}`, environment };
}

/** A directory that was moved, or is a copy, has its own token and not that of the place where it was made. */
function leadTo(tokens: string, configuration: string): void {
  const before = readFileSync(configuration, 'utf8');
  const now = before.replace(/^directories\.tokendir = .*$/m, () => `directories.tokendir = ${tokens}`);
  if (now !== before) writeFileSync(configuration, now, { mode: 0o600 });
}
