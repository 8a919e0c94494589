import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { commandsOfPage } from './page-commands.js';
import { ShellSession } from './shell-session.js';

const repository = join(__dirname, '../..');
const blocks = commandsOfPage(join(repository, 'README.md'));
const work = mkdtempSync(join(tmpdir(), 'rcs-readme-'));
const at = (name: string): string => join(work, name);
const blockTimeoutMs = 240_000;
const media = readFileSync(join(repository, 'test/fixtures/call.mp3'));
const said = new Map<string, string>();

let cluster: RunningCluster;
let terminal: ShellSession;

beforeAll(async () => {
  cluster = await startCluster(repository, at('.rcs'));
  mkdirSync(at('bin'));
  const program = join(repository, 'dist/apps/rcsctl/main.js');
  writeFileSync(at('bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  writeFileSync(at('call.mp3'), media);
  terminal = newTerminal();
}, blockTimeoutMs);

afterAll(async () => {
  await terminal.close();
  await cluster.stop();
  rmSync(work, { recursive: true, force: true });
}, blockTimeoutMs);

function newTerminal(): ShellSession {
  const path = `${at('bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  return new ShellSession(work, { ...process.env, RCS_CONFIG: undefined, PATH: path });
}

describe('the walks of the README, in a quickstart', () => {
  it('are there', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(6);
    expect(blocks.filter(({ terminal: name }) => name === 'restart')).toHaveLength(1);
  });

  it.each(blocks.map((block, index) => ({ ...block, index })))(
    '$index: $heading',
    async ({ terminal: name, commands, index }) => {
      if (name === 'restart') {
        const [, variable = '', file = ''] = /^(\w+)="\$PWD\/([\w.]+)" npm run quickstart$/.exec(commands) ?? [];
        expect(variable).not.toBe('');
        await cluster.stop();
        cluster = await startCluster(repository, at('.rcs'), { [variable]: at(file) });
      } else said.set(String(index), await terminal.run(commands, blockTimeoutMs));
    },
    blockTimeoutMs + 30_000,
  );

  it('decrypts what was recorded, octet by octet', () => {
    expect(readFileSync(at('opened.mp3')).equals(media)).toBe(true);
  });

  it('says where the certificate request was written', () => {
    expect([...said.values()].join('\n')).toContain('made.csr: certificate request of made');
    expect(existsSync(at('made.csr'))).toBe(true);
  });

  it('shows nothing of JSON by rcsctl', () => {
    const shown = blocks.flatMap(({ commands }, index) => (commands.includes('curl') ? [] : [said.get(String(index))]));
    expect(shown.join('\n')).not.toMatch(/^\s*[[{]"/m);
  });
});

describe('rcsctl beside a quickstart', () => {
  beforeEach(async () => {
    await terminal.close();
    terminal = newTerminal();
  });

  const words = ['contact-centers list', 'users list', 'certificates list', 'recordings index-status', 'audit list'];
  const more = [
    'audit verify',
    'keys list',
    'keys check',
    'hawk list',
    'lkm owners',
    'config check',
    'certificates rewraps',
  ];

  it.each([...words, ...more])(
    'needs no option: %s',
    async command => {
      const text = await terminal.run(`npx rcsctl ${command}`, blockTimeoutMs);
      expect(text).not.toMatch(/^\s*[[{]"/m);
    },
    blockTimeoutMs,
  );

  it('answers JSON to programs', async () => {
    const text = await terminal.run('npx rcsctl users list --json', blockTimeoutMs);
    expect((JSON.parse(text) as { userName: string }[]).map(({ userName }) => userName)).toContain('alice');
  });

  it('takes another configuration with --config', async () => {
    const text = await terminal.run('npx rcsctl users list --config nowhere.yaml || echo refused', blockTimeoutMs);
    expect(text).toMatch(/nowhere\.yaml[^]*refused/);
  });
});
