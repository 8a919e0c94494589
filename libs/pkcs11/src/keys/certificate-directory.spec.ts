import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pairOf, recordingKey } from '../testing/recording-key.js';
import { ShimToken } from '../testing/shim-token.js';
import type { TokenOptions } from '../token-options.js';
import { Token } from '../token.js';
import { CertificateDirectory } from './certificate-directory.js';
import { rsaPublicKey } from './subject-key-identifier.js';
import type { KeySelector, TokenKey } from './token-key.js';

jest.setTimeout(60_000);

const played = new ShimToken();
const directory = mkdtempSync(join(tmpdir(), 'rcs-certificates-'));
const noCertificateObjects = 'refuse-class C_CreateObject 1 0xd1';
const soon = (): AbortSignal => AbortSignal.timeout(30_000);
let token: Token;

const opened = (more: Partial<TokenOptions> = {}): Token =>
  Token.open({ ...played.options, certificateDirectory: directory, ...more });

beforeAll(() => played.shim.play(noCertificateObjects));
beforeEach(() => {
  token = opened();
});
afterEach(async () => {
  for (const { id, label } of token.keys) await token.removeKey({ id, labels: [label] }, soon());
  await closed(token);
});
afterAll(() => {
  played.remove();
  rmSync(directory, { recursive: true });
});

async function closed(one: Token): Promise<void> {
  one.close();
  await one.closed;
}

const files = (): string[] => readdirSync(directory);

const certified = ({ keys }: Token): (readonly [string, boolean])[] =>
  keys.map(({ label, certificate }) => [label, certificate !== undefined] as const);

const nameOf = ({ issuer, serialNumber }: Pick<TokenKey, 'issuer' | 'serialNumber'>): KeySelector => ({
  type: 'issuer-and-serial-number',
  issuer: issuer ?? Buffer.alloc(0),
  serialNumber: serialNumber ?? Buffer.alloc(0),
});

/** Writes a file as somebody would who can write there and knows how. */
function smuggle(label: string, der: Buffer): void {
  CertificateDirectory.open(directory).put({ label, der });
}

it('keeps what the token refuses: import, again, after a restart, removed with its key', async () => {
  const { pair } = await recordingKey('9350/imported');
  const { key, created } = await token.importKeyPair(pair, soon());
  expect([created, key.certificate?.equals(pair.certificateDer)]).toEqual([true, true]);
  expect((await token.importKeyPair(pair, soon())).created).toBe(false);
  expect(files()).toHaveLength(1);
  await closed(token);
  token = opened();
  expect(certified(token)).toEqual([['9350/imported', true]]);
  expect(token.keys.map(nameOf)).toEqual([nameOf(pair)]);
  expect(await token.removeKey({ id: pair.keyIdentifier, labels: [pair.label] }, soon())).toBe(true);
  expect([token.keys, files()]).toEqual([[], []]);
});

it('keeps the certificates of a key that was made there, each under its name', async () => {
  const made = await token.generateKeyPair({ modulusBits: 2048, label: '9350/made', sign: true }, soon());
  const authority = await recordingKey('9350/authority');
  const publicKey = rsaPublicKey(made.modulus, made.publicExponent);
  for (const label of ['9350/made', '9350/renewed']) {
    await token.addCertificate(await pairOf(label, authority.privateKey, publicKey), soon());
  }
  expect(certified(token).sort()).toEqual([
    ['9350/made', true],
    ['9350/renewed', true],
  ]);
  await token.removeKey({ id: made.id, labels: ['9350/made'] }, soon());
  expect(certified(token)).toEqual([['9350/renewed', true]]);
});

it('gives two owners of one key a key object each', async () => {
  const { pair, privateKey, publicKey } = await recordingKey('9350/shared');
  const theirs = await pairOf('9351/shared', privateKey, publicKey);
  await token.importKeyPair(pair, soon());
  expect((await token.importKeyPair(theirs, soon())).created).toBe(true);
  expect(certified(token).sort()).toEqual([
    ['9350/shared', true],
    ['9351/shared', true],
  ]);
});

describe('what somebody else wrote there', () => {
  let key: TokenKey;
  let honest: Awaited<ReturnType<typeof recordingKey>>;

  beforeEach(async () => {
    honest = await recordingKey('9350/honest');
    ({ key } = await token.importKeyPair(honest.pair, soon()));
  });
  afterEach(() => files().forEach(name => rmSync(join(directory, name))));

  it('makes nobody else an owner of the key', async () => {
    smuggle('9351/mine-now', honest.pair.certificateDer);
    smuggle('no-owner', honest.pair.certificateDer);
    await token.refreshKeys(soon());
    expect(certified(token)).toEqual([['9350/honest', true]]);
  });

  it('swaps no key for another, and no exponent', async () => {
    const another = await recordingKey('9350/honest');
    const weak = rsaPublicKey(key.modulus, Buffer.of(3));
    smuggle('9350/honest', another.pair.certificateDer);
    smuggle('9350/weak', (await pairOf('9350/weak', another.privateKey, weak)).certificateDer);
    await token.refreshKeys(soon());
    expect(certified(token)).toEqual([['9350/honest', true]]);
    expect(token.keys[0]?.certificate?.equals(honest.pair.certificateDer)).toBe(true);
  });

  it('is no certificate when it is damaged, and importing again mends it', async () => {
    const [name = ''] = files();
    const file = join(directory, name);
    const whole = readFileSync(file, 'utf8');
    for (const damaged of ['', '{', 'null', whole.replace('9350/honest', '9350/other')]) {
      writeFileSync(file, damaged);
      const another = opened();
      expect(certified(another)).toEqual([['9350/honest', false]]);
      expect((await another.importKeyPair(honest.pair, soon())).created).toBe(false);
      await closed(another);
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
  });
});

it('takes no certificate for a key whose label names no owner, and says what to do', async () => {
  await token.generateKeyPair({ modulusBits: 2048, label: 'brought', sign: false }, soon());
  const [key] = token.keys;
  if (key === undefined) throw new Error('no key was made');
  const authority = await recordingKey('9350/authority');
  const pair = await pairOf('9350/brought', authority.privateKey, rsaPublicKey(key.modulus, key.publicExponent));
  await expect(token.addCertificate(pair, soon())).rejects.toMatchObject({
    failure: 'refused',
    message: expect.stringContaining('give the key the label "9350/brought"') as string,
  });
  expect(files()).toEqual([]);
});

it('leaves no key where neither keeps the certificate, and names the option', async () => {
  const { pair } = await recordingKey('9350/nowhere');
  const without = opened({ certificateDirectory: undefined });
  await expect(without.importKeyPair(pair, soon())).rejects.toMatchObject({
    failure: 'refused',
    message: expect.stringContaining('set certificateDirectory') as string,
  });
  await closed(without);
  const file = join(directory, 'no-directory');
  writeFileSync(file, '');
  expect(() => opened({ certificateDirectory: file })).toThrow(/certificateDirectory .*EEXIST.*has to be a directory/);
  rmSync(file);
  await token.refreshKeys(soon());
  expect(token.keys).toEqual([]);
});
