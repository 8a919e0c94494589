import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { endingWithUs } from '#platform';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { endChild } from '#test/waiting/end-child.js';
import { commandsOfPage } from './page-commands.js';
import { ShellSession } from './shell-session.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

const repository = join(__dirname, '../..');
const page = join(repository, 'docs/one-afternoon.md');
const blocks = commandsOfPage(page);
const work = mkdtempSync(join(tmpdir(), 'rcs-afternoon-'));
const at = (name: string): string => join(work, name);
/** Longer than anybody waits at a terminal: `until` has no end of its own. */
const blockTimeoutMs = 240_000;
const media = readFileSync(join(repository, 'test/fixtures/call.mp3'));

let server: ChildProcess | undefined;
let terminal: ShellSession;
let curlClient: CurlClient;

beforeAll(() => {
  // The account of Apache must pass through.
  chmodSync(work, 0o711);
  mkdirSync(at('bin'));
  const program = join(repository, 'dist/apps/rcsctl/main.js');
  writeFileSync(at('bin/rcsctl'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  copyFileSync(join(repository, 'test/fixtures/call.mp3'), at('call.mp3'));
  terminal = new ShellSession(work, environment());
});

afterAll(async () => {
  await terminal.close();
  await stopServer();
  rmSync(work, { recursive: true, force: true });
}, blockTimeoutMs);

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${at('bin')}${delimiter}${process.env['PATH'] ?? ''}` };
}

/** In a terminal of its own; `exec`, so that ending it ends the cluster. */
function startServer(commands: string): void {
  const script = commands.replace(/^rcsctl/m, 'exec rcsctl');
  server = spawn(...endingWithUs('bash', ['-euc', script]), { cwd: work, env: environment(), stdio: 'inherit' });
}

async function stopServer(): Promise<void> {
  if (server !== undefined) await endChild('the server', server, 'SIGTERM', 120_000);
}

/** OLD1, as the recorder of Genesys RCS left it when the certificate was still good: no tool makes one today. */
async function recordingOfGenesysRcs(): Promise<void> {
  const ready = JSON.parse(readFileSync(at('ready.json'), 'utf8')) as ReadyLine;
  curlClient = new CurlClient({ ready, stop: () => Promise.resolve() }, work);
  const files = ['-in', at('call.mp3'), '-outform', 'DER', '-out', at('old1.cms')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, at('tenant-2023.pem'));
  const { envelope, ciphertext } = splitEnvelope(readFileSync(at('old1.cms')));
  await curlClient.put('OLD1.enc', ciphertext);
  await curlClient.inserted('OLD1', {
    mediaId: 'OLD1.mp3',
    mediaDescriptor: { storage: 'webDAV', path: 'OLD1.enc' },
    pkcs7: envelope.toString('base64'),
  });
}

async function played(id: string): Promise<Buffer> {
  const { body } = await curlClient.get(`/api/v2/recordings/${id}`);
  const { mediaFiles } = JSON.parse(body.toString()) as { mediaFiles: { playPath: string }[] };
  const answer = await curlClient.play(mediaFiles[0]!.playPath);
  expect({ id, status: answer.status }).toEqual({ id, status: 200 });
  return answer.body;
}

/** What has to be there before the commands below a heading, beyond what the page says. */
const before: Readonly<Record<string, () => Promise<void>>> = {
  'Its recordings': recordingOfGenesysRcs,
};
const begun = new Set<string>();

describe('one afternoon, as its page says', () => {
  it('is a page of commands', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(15);
    expect(new Set(blocks.map(({ terminal: name }) => name))).toEqual(new Set(['', 'server']));
    for (const heading of Object.keys(before)) expect(blocks.map(block => block.heading)).toContain(heading);
  });

  it.each(blocks.map((block, index) => ({ ...block, index })))(
    '$index: $heading',
    async ({ heading, terminal: name, commands }) => {
      if (!begun.has(heading)) await before[heading]?.();
      begun.add(heading);
      if (name === 'server') startServer(commands);
      else await terminal.run(commands, blockTimeoutMs);
    },
    blockTimeoutMs + 30_000,
  );

  it('re-wraps what has its envelope in the metadata, and says so of the rest', () => {
    const { counts } = JSON.parse(readFileSync(at('rewrap.json'), 'utf8')) as { counts: unknown };
    expect(counts).toMatchObject({ rewrapped: 1, notRewrappable: 1, failed: 0 });
  });

  it('ends with the same recordings, octet by octet, out of another token', async () => {
    for (const id of ['OLD1', 'OLD2', 'NEW1']) expect((await played(id)).equals(media)).toBe(true);
    expect(existsSync(at('rcs/token/tokens.lost'))).toBe(true);
    for (const gone of ['rcs.jks', 'jks.password', 'tenant-2026.key']) expect(existsSync(at(gone))).toBe(false);
  });
});
