import { execFileSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { parseCertificatePem } from '#certificates';
import { encryptAttached } from '#cms';
import { decryptionSpeed, parseTime } from './cms/library-speed.js';
import { measureProcess, type MeasuredProcess } from './cms/measured-process.js';
import { median } from './statistics.js';

const bars = { decryptionRatio: 0.8, parseMicroseconds: 50, growthBytes: 32 * 1024 * 1024 };
const comparedBytes = 200_000_000;
const largeBytes = 2 ** 31;

/**
 * The CMS library against the bare cipher of Node, and whole programs (this library, `openssl cms -decrypt`, PKI.js) that
 * decrypt the same file side by side.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '5' } },
  });
  const pairs = Math.max(3, Number(values.pairs));
  const directory = mkdtempSync(join(tmpdir(), 'rcs-bench-cms-'));
  try {
    const keyFiles = makeRecipient(directory);
    report(
      {
        decryption: await decryptionSpeed(pairs),
        parseMicroseconds: await parseTime(),
        programs: await comparePrograms(directory, keyFiles, pairs),
        growthBytes: await growth(directory, keyFiles),
      },
      values.json,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface KeyFiles {
  readonly key: string;
  readonly certificate: string;
}

function makeRecipient(directory: string): KeyFiles {
  const files = { key: join(directory, 'key.pem'), certificate: join(directory, 'certificate.pem') };
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=bench'];
  execFileSync('openssl', [...request, '-keyout', files.key, '-out', files.certificate], { stdio: 'pipe' });
  return files;
}

/** Bytes that do not repeat, without a file of them. */
function* keyStream(bytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(1024 * 1024);
  for (let left = bytes; left > 0; left -= zeros.length)
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
}

/** RSAES-OAEP, because PKI.js, on WebCrypto, opens nothing else. */
async function encryptTo(path: string, bytes: number, { certificate }: KeyFiles): Promise<void> {
  const [{ issuerDer: issuer, serialNumberOctets: serialNumber, publicKey }] = parseCertificatePem(
    readFileSync(certificate, 'utf8'),
  );
  const identifier = { type: 'issuer-and-serial-number', issuer, serialNumber } as const;
  const recipients = [{ identifier, publicKey, keyEncryption: { scheme: 'rsaes-oaep', hash: 'sha256' } as const }];
  const plaintext = Readable.from(keyStream(bytes), { objectMode: false });
  await pipeline(encryptAttached({ recipients, plaintext, plaintextLength: bytes }), createWriteStream(path));
}

const programs = ['this library', 'openssl cms', 'PKI.js'] as const;
type Program = (typeof programs)[number];
type Compared = Readonly<Record<Program, MeasuredProcess>>;

async function comparePrograms(directory: string, keys: KeyFiles, rounds: number): Promise<Compared> {
  const [encrypted, output] = [join(directory, 'compared.p7m'), join(directory, 'output')];
  await encryptTo(encrypted, comparedBytes, keys);
  const node = (file: string) => (): Promise<MeasuredProcess> =>
    measureProcess(process.execPath, [join(__dirname, 'cms', file), encrypted, keys.key, output, keys.certificate]);
  const openssl = ['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', encrypted, '-out', output];
  const run: Readonly<Record<Program, () => Promise<MeasuredProcess>>> = {
    'this library': node('decrypt-with-this-library.js'),
    'openssl cms': () => measureProcess('openssl', [...openssl, '-recip', keys.certificate, '-inkey', keys.key]),
    'PKI.js': node('decrypt-with-pkijs.js'),
  };
  const measured: Record<Program, MeasuredProcess[]> = { 'this library': [], 'openssl cms': [], 'PKI.js': [] };
  for (let round = 0; round < rounds; round++) {
    for (const program of round % 2 === 0 ? programs : programs.toReversed()) {
      rmSync(output, { force: true });
      measured[program].push(await run[program]());
      checkOutput(output);
    }
  }
  rmSync(encrypted);
  return Object.fromEntries(programs.map(program => [program, typical(measured[program])])) as unknown as Compared;
}

const typical = (runs: readonly MeasuredProcess[]): MeasuredProcess => ({
  seconds: median(runs.map(({ seconds }) => seconds)),
  peakBytes: median(runs.map(({ peakBytes }) => peakBytes)),
});

/** A program that writes something else has not been measured. */
function checkOutput(output: string): void {
  const written = readFileSync(output);
  let offset = 0;
  for (const expected of keyStream(comparedBytes)) {
    if (!written.subarray(offset, offset + expected.length).equals(expected)) throw new Error('the output is wrong');
    offset += expected.length;
  }
  if (written.length !== offset) throw new Error('the output is too long');
}

async function growth(directory: string, keys: KeyFiles): Promise<number> {
  const large = join(directory, 'large.p7m');
  await encryptTo(large, largeBytes, keys);
  const printed = execFileSync(process.execPath, [join(__dirname, 'cms/read-large-file.js'), large, keys.key]);
  return Number(printed.toString());
}

interface Results {
  readonly decryption: Awaited<ReturnType<typeof decryptionSpeed>>;
  readonly parseMicroseconds: number;
  readonly programs: Compared;
  readonly growthBytes: number;
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;

function report({ decryption, parseMicroseconds, programs: compared, growthBytes }: Results, json: boolean): void {
  const rows = [
    ...decryption.map(({ layout, result }) => ({
      name: `decrypt, ${layout}`,
      unit: 'MB/s',
      bar: bars.decryptionRatio,
      met: result.ratio >= bars.decryptionRatio,
      ...result,
    })),
    {
      name: 'parse an envelope',
      unit: 'us',
      bar: bars.parseMicroseconds,
      met: parseMicroseconds < bars.parseMicroseconds,
      ours: parseMicroseconds,
    },
    {
      name: 'growth over 2 GB',
      unit: 'bytes',
      bar: bars.growthBytes,
      met: growthBytes < bars.growthBytes,
      ours: growthBytes,
    },
    ...programs.map(name => ({ name: `200 MB, ${name}`, unit: 's', ...compared[name] })),
  ];
  if (json) {
    process.stdout.write(`${JSON.stringify({ bench: 'cms', rows })}\n`);
    return;
  }
  const lines = [
    ...decryption.map(
      ({ layout, result: { ours, yardstick, ratio } }) =>
        `decrypt, ${layout}: ${ours.toFixed(0)} MB/s, bare createDecipheriv ${yardstick.toFixed(0)} MB/s, ratio ${ratio.toFixed(2)} (bar ${bars.decryptionRatio})`,
    ),
    `parse an envelope: ${parseMicroseconds.toFixed(1)} us (bar ${bars.parseMicroseconds})`,
    `growth over 2 GB: ${mebibytes(growthBytes)} (bar ${mebibytes(bars.growthBytes)})`,
    ...programs.map(
      name => `200 MB, ${name}: ${compared[name].seconds.toFixed(2)} s, peak ${mebibytes(compared[name].peakBytes)}`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench cms: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
