import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianLibrary } from './debian-library.js';
import type { RealToken, TokenSettings } from './real-token.js';

const script = join(__dirname, 'within-opencryptoki.sh');
/** What a token is made with, which nobody may go on using. */
const [firstSoPin, firstPin] = ['87654321', '12345670'];
const soPin = '76543210';

const [ownerOnly, groupToo] = [0o700, 0o770];
const tokens = [
  { slot: 3, label: 'ocktok', directory: 'swtok' },
  { slot: 4, label: 'ocktok2', directory: 'second' },
] as const;

/** Two software tokens of opencryptoki in a directory of their own; needs root, as its daemon does. */
export class OpencryptokiToken implements RealToken {
  readonly modulePath = debianLibrary('opencryptoki/libopencryptoki.so.0', 'opencryptoki');
  readonly uri = `pkcs11:token=${tokens[0].label}?module-path=${this.modulePath}`;
  readonly secondUri = `pkcs11:token=${tokens[1].label}?module-path=${this.modulePath}`;
  readonly pin = '14725836';
  /** Version 3.8 crashes when two threads use one key. */
  readonly settings: TokenSettings = { serialised: true, sessions: 1 };
  readonly environment = {};
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-opencryptoki-'));

  constructor() {
    const group = groupOf('pkcs11');
    chmodSync(this.directory, ownerOnly);
    mkdirSync(join(this.directory, 'etc'));
    for (const path of ['lib', ...tokens.flatMap(({ directory: at }) => [`lib/${at}`, `lib/${at}/TOK_OBJ`])]) {
      mkdirSync(join(this.directory, path));
      chmodSync(join(this.directory, path), groupToo);
      chownSync(join(this.directory, path), 0, group);
    }
    const slots = tokens.map(({ slot, directory }) => slotOf(slot, directory));
    writeFileSync(join(this.directory, 'etc/opencryptoki.conf'), ['version opencryptoki-3.1', ...slots, ''].join('\n'));
    const commands = tokens.flatMap(({ slot, label }) => [
      `echo ${label} | pkcsconf -I -c ${slot} -S ${firstSoPin}`,
      `pkcsconf -P -c ${slot} -S ${firstSoPin} -n ${soPin}`,
      `pkcsconf -u -c ${slot} -S ${soPin} -n ${firstPin}`,
      `pkcsconf -p -c ${slot} -U ${firstPin} -n ${this.pin}`,
    ]);
    const [program, ...rest] = [...this.within, 'sh', '-ec', commands.join('\n')];
    execFileSync(program, rest, { stdio: 'pipe' });
  }

  get within(): readonly string[] {
    return ['unshare', '--mount', '--ipc', '--propagation', 'private', script, this.directory];
  }

  remove(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    return Promise.resolve();
  }
}

const slotOf = (slot: number, directory: string): string =>
  [`slot ${slot}`, '{', 'stdll = libpkcs11_sw.so', `tokname = ${directory}`, '}'].join('\n');

function groupOf(name: string): number {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find(text => text.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`there is no group ${name}: install the Debian package opencryptoki`);
  return Number(line.split(':')[2]);
}
