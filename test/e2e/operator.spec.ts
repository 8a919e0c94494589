import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { rcsctl, resultOf, startRcsctl, type CommandResult } from './command-line.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-operator-'));
const output = join(work, 'output');
const media = randomBytes(1_000_003);
const sha256 = createHash('sha256').update(media).digest('hex');
let cluster: RunningCluster;
let curlClient: CurlClient;
let configuration: string;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  configuration = cluster.ready.commandLine ?? '';
  mkdirSync(output);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(() => {
  for (const file of readdirSync(output)) rmSync(join(output, file));
});

/** An encrypted file on the disk, as openssl writes it. */
async function encrypted(name: string, ...options: readonly string[]): Promise<string> {
  const files = ['-in', curlClient.write('plain', media), '-out', curlClient.file(name)];
  await openssl('cms', '-encrypt', '-binary', ...files, ...options, '-recip', curlClient.certificateFile);
  return curlClient.file(name);
}

const out = () => join(output, 'call.mp3');
const json = (result: CommandResult) => JSON.parse(result.stdout) as Record<string, unknown>;

function journal(): Record<string, unknown>[] {
  const file = join(cluster.ready.dataDir, 'operator-journal.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

/** The configuration of the command line with changes. */
function changedConfiguration(name: string, change: (values: Configuration) => void): string {
  const values = parse(readFileSync(configuration, 'utf8')) as Configuration;
  change(values);
  return curlClient.write(name, Buffer.from(stringify(values)));
}
interface Configuration {
  internalTls: Record<string, string>;
  decryptWorker: { vaultAddresses: string[] };
  rcsctl: { operator?: { certificateFile: string; keyFile: string } };
}

describe('rcsctl inspect', () => {
  it.each([
    ['DER', 'none', 'contiguous', ['-aes256', '-outform', 'DER']],
    ['streamed', 'none', 'regular', ['-aes256', '-outform', 'DER', '-stream', '-keyid']],
    ['PEM', 'pem', 'contiguous', ['-aes-128-gcm', '-outform', 'PEM']],
    ['S/MIME', 'smime', 'contiguous', ['-des3', '-outform', 'SMIME']],
  ])('%s', async (name, wrapping, addressing, options) => {
    const file = await encrypted('inspected', ...options);
    const [cipher = '', isGcm] = [options[0]?.slice(1), options[0] === '-aes-128-gcm'];
    const algorithm = { aes256: 'aes-256-cbc', des3: 'des-ede3-cbc' }[cipher] ?? cipher;
    const found = json(await rcsctl(configuration, 'inspect', file, '--json'));
    expect(found).toMatchObject({
      file,
      wrapping,
      layout: 'attached',
      size: readFileSync(file).length,
      envelope: {
        kind: isGcm ? 'auth-enveloped-data' : 'enveloped-data',
        contentEncryption: { algorithm },
        recipients: [
          {
            identifiedBy: options.includes('-keyid') ? 'subject-key-identifier' : 'issuer-and-serial-number',
            keyEncryption: 'rsaes-pkcs1-v1_5',
            encryptedKeyBits: 2048,
          },
        ],
      },
      content: { addressing, seekable: true, authenticated: isGcm },
    });
    const { minimum, maximum } = (found['content'] as { plaintextLength: { minimum: number; maximum: number } })
      .plaintextLength;
    expect(minimum).toBeLessThanOrEqual(media.length);
    expect(maximum).toBeGreaterThanOrEqual(media.length);
    expect(maximum - minimum).toBeLessThanOrEqual(isGcm ? 0 : 15);
    const text = (await rcsctl(configuration, 'inspect', file)).stdout;
    expect(text).toContain(algorithm);
    expect(text).toMatch(/seekable +yes/);
    if (name === 'DER')
      expect(text).toContain('issuer CN=Genesys Recording,C=US,ST=California,O=Genesys, serial number');
  });

  it('says where a broken file is broken', async () => {
    const file = await encrypted('broken', '-aes256', '-outform', 'DER');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, 500_000));
    const cut = await rcsctl(configuration, 'inspect', file);
    expect(cut.status).toBe(1);
    expect(cut.stderr).toContain(`claims to end at byte ${bytes.length} of 500000`);
  });

  it('knows an envelope without content, and media without envelope', async () => {
    const { envelope, ciphertext } = splitEnvelope(readFileSync(await encrypted('x', '-aes256', '-outform', 'DER')));
    const [alone, content] = [curlClient.write('alone', envelope), curlClient.write('content', ciphertext)];
    expect(json(await rcsctl(configuration, 'inspect', alone, '--json'))).toMatchObject({ layout: 'envelope only' });
    const bare = await rcsctl(configuration, 'inspect', content, '--json');
    expect(json(bare)).toMatchObject({ layout: 'unrecognised' });
    expect(bare.status).toBe(4);
    const bareText = (await rcsctl(configuration, 'inspect', content)).stdout;
    expect(bareText).toMatch(/no envelope: raw ciphertext or unknown \(entropy 7\.9\d of 8 bits per byte\)/);
    const clear = await rcsctl(configuration, 'inspect', join(__dirname, '../fixtures/call.mp3'));
    expect(clear.stdout).toMatch(/no envelope: clear media \(mp3\)/);
    expect(clear.status).toBe(3);
    const both = json(await rcsctl(configuration, 'inspect', content, '--envelope', alone, '--json'));
    expect(both).toMatchObject({ layout: 'detached', content: { ciphertextLength: ciphertext.length } });
  });
});

describe('rcsctl decrypt', () => {
  it.each([
    ['DER', ['-aes256', '-outform', 'DER']],
    ['S/MIME, streamed', ['-aes128', '-outform', 'SMIME', '-stream']],
    ['authenticated', ['-aes-256-gcm', '-outform', 'PEM']],
  ])('%s', async (_, options) => {
    const file = await encrypted('stored', ...options);
    const result = await rcsctl(configuration, 'decrypt', file, '-o', out());
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toBe(`${out()}: ${media.length} bytes, opened by the key demo\n`);
    expect(readFileSync(out()).equals(media)).toBe(true);
    expect(readdirSync(output)).toEqual(['call.mp3']);
  });

  it('ciphertext with an envelope of its own, in DER or base64', async () => {
    const { envelope, ciphertext } = splitEnvelope(readFileSync(await encrypted('x', '-aes256', '-outform', 'DER')));
    const stored = curlClient.write('ciphertext', ciphertext);
    for (const text of [envelope, Buffer.from(`${envelope.toString('base64')}\n`)]) {
      const args = ['decrypt', stored, '--envelope', curlClient.write('envelope', text), '-o', out(), '--force'];
      expect((await rcsctl(configuration, ...args)).status).toBe(0);
      expect(readFileSync(out()).equals(media)).toBe(true);
    }
  });

  it('content in uneven segments', async () => {
    const file = await encrypted('stored', '-aes256', '-outform', 'DER', '-stream');
    // Two segments of 2044 and 2048 bytes in the place of one, inside; the ends look as before.
    const bytes = readFileSync(file);
    const header = Buffer.from([0x04, 0x82, 0x10, 0x00]);
    const at = bytes.indexOf(header, 500_000);
    const [first, second] = [bytes.subarray(at + 4, at + 4 + 2044), bytes.subarray(at + 4 + 2044, at + 4 + 4096)];
    const parts = [
      bytes.subarray(0, at),
      Buffer.from([0x04, 0x82, 0x07, 0xfc]),
      first,
      Buffer.from([0x04, 0x82, 0x08, 0x04]),
      second,
      bytes.subarray(at + 4 + 4096),
    ];
    writeFileSync(file, Buffer.concat(parts));
    expect((await rcsctl(configuration, 'decrypt', file, '-o', out())).status).toBe(0);
    expect(readFileSync(out()).equals(media)).toBe(true);
  });

  it('leaves nothing behind when the content was changed, cut or is none of ours', async () => {
    const bytes = readFileSync(await encrypted('stored', '-aes-256-gcm', '-outform', 'DER'));
    const changed = Buffer.from(bytes);
    changed[bytes.length - 1000]! ^= 1;
    const cases: [Buffer, string][] = [
      [changed, 'cannot be decrypted'],
      [bytes.subarray(0, 600_000), 'claims to end'],
      [media, 'no envelope'],
    ];
    for (const [content, why] of cases) {
      const result = await rcsctl(configuration, 'decrypt', curlClient.write('bad', content), '-o', out());
      expect(result.status).toBe(1);
      expect(result.stderr).toContain(why);
      expect(readdirSync(output)).toEqual([]);
    }
  });

  it('replaces no file unless told to', async () => {
    const file = await encrypted('stored', '-aes256', '-outform', 'DER');
    writeFileSync(out(), 'precious');
    const refused = await rcsctl(configuration, 'decrypt', file, '-o', out());
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain('--force');
    expect(readFileSync(out(), 'utf8')).toBe('precious');
    expect((await rcsctl(configuration, 'decrypt', file, '-o', out(), '--force')).status).toBe(0);
    expect(readFileSync(out()).equals(media)).toBe(true);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const file = await encrypted('stored', '-aes256', '-outform', 'DER');
    // A vault that takes the connection and never says a word keeps the command waiting with its output file begun.
    const connections: Socket[] = [];
    const silent = createServer(socket => connections.push(socket.on('error', () => undefined).resume()));
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const waiting = changedConfiguration('waiting.yaml', values => {
      values.decryptWorker.vaultAddresses = [`127.0.0.1:${port}`];
    });
    const child = startRcsctl(waiting, 'decrypt', file, '-o', out());
    const ended = resultOf(child);
    await waitFor('a file that was begun', () => readdirSync(output).length > 0 || child.exitCode !== null, {
      pollMs: 20,
    });
    child.kill('SIGINT');
    const result = await ended;
    connections.forEach(socket => socket.destroy());
    silent.close();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('interrupted by SIGINT');
    expect(readdirSync(output)).toEqual([]);
  });
});

describe('rcsctl verify', () => {
  it('reads a stored file to its last byte', async () => {
    const file = await encrypted('stored', '-aes256', '-outform', 'PEM');
    const result = await rcsctl(configuration, 'verify', file, '--json');
    expect(json(result)).toEqual({
      file,
      verified: true,
      plaintextLength: media.length,
      certificateAlias: 'demo',
      sha256,
    });
  });

  it('finds a change that only the end shows', async () => {
    const bytes = readFileSync(await encrypted('stored', '-aes256', '-outform', 'DER'));
    bytes[bytes.length - 17]! ^= 1;
    const result = await rcsctl(configuration, 'verify', curlClient.write('bad', bytes));
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain('cannot be decrypted');
  });

  it('plays a recording by its id, every media file of it', async () => {
    await curlClient.put('fine.bin', readFileSync(await encrypted('stored', '-aes256', '-outform', 'DER')));
    const mediaFile = (name: string) => ({
      mediaId: name,
      type: 'audio/mp3',
      mediaDescriptor: curlClient.stored(name),
    });
    await curlClient.insertedFile('fine.bin');
    const [fineId, halfId] = [curlClient.recordingId('fine.bin'), curlClient.recordingId('HALF')];
    const fine = json(await rcsctl(configuration, 'verify', fineId, '--json'));
    expect(fine).toEqual({
      recording: fineId,
      verified: true,
      mediaFiles: [
        { mediaId: 'fine.bin', verified: true, bytes: media.length, sha256, content: expect.any(String) as string },
      ],
    });
    await curlClient.insert({ id: halfId, mediaFiles: [mediaFile('fine.bin'), mediaFile('missing.bin')] });
    const half = await rcsctl(configuration, 'verify', halfId);
    expect(half.status).toBe(1);
    expect(half.stdout).toContain('fine.bin: plays to its last byte');
    expect(half.stdout).toMatch(/missing\.bin: cannot be played: .*502/);
  });

  it('says when there is neither a file nor a recording of this name', async () => {
    const result = await rcsctl(configuration, 'verify', 'NOSUCH');
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('neither a file nor a recording NOSUCH');
  });
});

describe('the vault', () => {
  it('writes down what operators opened, and the chain of it holds', async () => {
    const file = await encrypted('journalled.bin', '-aes256', '-outform', 'DER');
    const before = journal().length;
    expect((await rcsctl(configuration, 'verify', file)).status).toBe(0);
    expect(journal().slice(before)).toEqual([
      expect.objectContaining({
        sequence: before,
        outcome: 'allowed',
        operator: 'CN=operator',
        purpose: 'verify',
        file: 'journalled.bin',
        contactCenter: cluster.ready.contactCenter,
        certificateAlias: 'demo',
      }),
    ]);
    const path = join(cluster.ready.dataDir, 'operator-journal.jsonl');
    const proof = await rcsctl(configuration, 'audit', 'verify-operators', path);
    expect(proof).toMatchObject({ status: 0, stdout: `${before + 1} records, no problem found\n` });
    const forged = curlClient.write('forged', Buffer.from(readFileSync(path, 'utf8').replace('"verify"', '"decrypt"')));
    expect((await rcsctl(configuration, 'audit', 'verify-operators', forged)).status).toBe(1);
  });

  it.each<readonly [string, (values: Configuration, tls: string) => void, string]>([
    [
      'a service that signs for itself as if it were an operator',
      (values, tls) => (values.rcsctl.operator = identity(tls, 'rcsctl')),
      'RCS_GRANT_REFUSED',
    ],
    [
      'a gateway that signs as an operator',
      (values, tls) => (values.rcsctl.operator = identity(tls, 'playback-gateway')),
      'RCS_GRANT_REFUSED',
    ],
    [
      "an operator's grant in the hands of a worker",
      (values, tls) => Object.assign(values.internalTls, identity(tls, 'decrypt-worker')),
      'RCS_GRANT_REFUSED',
    ],
    [
      'an operator who is no machine of the cluster',
      (values, tls) => Object.assign(values.internalTls, identity(tls, 'operator')),
      'RCS_CALLER_NOT_ALLOWED',
    ],
    ['nobody', values => delete values.rcsctl.operator, 'rcsctl.operator is missing'],
  ])('opens nothing for %s', async (_, change, why) => {
    const file = await encrypted('stored', '-aes256', '-outform', 'DER');
    const tls = join(cluster.ready.dataDir, 'internal-tls');
    const other = changedConfiguration('other.yaml', values => change(values, tls));
    const allowed = journal().filter(({ outcome }) => outcome === 'allowed').length;
    const result = await rcsctl(other, 'decrypt', file, '-o', out());
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(why);
    expect(readdirSync(output)).toEqual([]);
    expect(journal().filter(({ outcome }) => outcome === 'allowed')).toHaveLength(allowed);
  });
});

const identity = (tls: string, role: string) => ({
  certificateFile: join(tls, `${role}.pem`),
  keyFile: join(tls, `${role}.key`),
});
