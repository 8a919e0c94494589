import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startCluster } from '#test/cluster/running-cluster.js';
import { realTokens } from '#test/tokens/real-tokens.js';
import type { RealToken } from '#test/tokens/real-token.js';
import { CurlClient } from '../../e2e/curl-client.js';
import { openssl } from '../../e2e/external-tools.js';

/** Building Kryoptic takes minutes. */
jest.setTimeout(1_200_000);

const repository = join(__dirname, '../../..');
const demo = ['call.mp3', 'screen.mp4'];
const rounds = 3;

/** The configuration of the vault, instead of that of the demo's own token. */
function vaultOf(token: RealToken, directory: string): Readonly<Record<string, string>> {
  const pinFile = join(directory, 'pin');
  writeFileSync(pinFile, `${token.pin}\n`, { mode: 0o600 });
  const settings = { sessions: 4, ...token.settings, uri: token.uri, pin: { file: pinFile } };
  return { ...token.environment, RCS_KEY_VAULT__TOKEN: JSON.stringify(settings), RCS_LOGGING__LEVEL: 'trace' };
}

/** The key that the demo would import, brought by whoever administers a token that takes none. */
async function bringDemoKey(token: RealToken, directory: string, data: string): Promise<void> {
  const [key, certificate] = [join(directory, 'demo.key'), join(directory, 'demo.pem')];
  const subject = ['-subj', '/CN=Genesys Recording', '-days', '30', '-nodes', '-newkey', 'rsa:2048'];
  await openssl('req', '-new', '-x509', ...subject, '-keyout', key, '-out', certificate);
  const contactCenter = randomUUID();
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'contact-center'), contactCenter, { mode: 0o600 });
  token.bring?.(`${contactCenter}/demo`, key, certificate);
  rmSync(key);
}

const logsOf = (data: string): string =>
  readdirSync(join(data, 'logs'))
    .map(name => readFileSync(join(data, 'logs', name), 'utf8'))
    .join('\n');

/** Of the SoftHSM that the demo makes for itself, and that nobody uses here: a key would be an object more. */
const objectsOfDemoToken = (data: string): string[] =>
  readdirSync(join(data, 'token/tokens'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.object'))
    .map(name => basename(name));

it.each(Object.entries(realTokens))('the cluster records and plays its demo with %s', async (_, make) => {
  const token = await make();
  const directory = mkdtempSync(join(tmpdir(), 'rcs-real-token-'));
  chmodSync(directory, 0o711);
  const data = join(directory, 'data');
  try {
    if (token.bring !== undefined) await bringDemoKey(token, directory, data);
    const cluster = await startCluster(repository, data, vaultOf(token, directory), token.within);
    try {
      const listener = new CurlClient(cluster, directory);
      for (let round = 0; round < rounds; round++) {
        const answers = await Promise.all(cluster.ready.recordings.map(({ playPath }) => listener.play(playPath)));
        expect(answers.map(({ status }) => status)).toEqual(demo.map(() => 200));
        answers.forEach(({ body }, index) => {
          const original = readFileSync(join(repository, 'test/fixtures', demo[index] ?? ''));
          expect(body.equals(original)).toBe(true);
        });
      }
    } finally {
      await cluster.stop();
    }
    expect(objectsOfDemoToken(data)).toEqual(['token.object']);
    expect(logsOf(data)).not.toContain(token.pin);
  } finally {
    await token.remove();
    rmSync(directory, { recursive: true, force: true });
  }
});
