import { constants, publicEncrypt, randomBytes, randomInt } from 'node:crypto';
import type { KeyEntry } from '#contracts';
import { TransportAgreements, type KeyVaultEndpoint } from '#key-vault-client';
import { countInTier } from '#test/tier.js';
import { publicKeyOf } from '#test/vault/recorded-call.js';
import type { RunningVault } from '#test/vault/running-vault.js';
import { VaultTestBed } from '#test/vault/vault-test-bed.js';

jest.setTimeout(300_000);

const timeoutMs = 120_000;
const modulusBytes = 256;
const messageBytes = 32;
const atATime = 16;
let testBed: VaultTestBed;
let vault: RunningVault;
let localKeyManager: KeyVaultEndpoint;
let key: KeyEntry;

beforeAll(async () => {
  testBed = await VaultTestBed.prepare();
  vault = await testBed.startVault({ limits: { unwrapsPerSecond: 1_000_000 } }, { RCS_LOGGING__LEVEL: 'warn' });
  localKeyManager = await testBed.connect(vault, 'local-key-manager');
  const request = { contactCenter: '9350', alias: 'oracle', modulusBits: modulusBytes * 8 };
  ({ key } = await localKeyManager.call('GenerateKeyPair', request, { timeoutMs }));
});
afterAll(() => testBed?.clear());

const agreements = new TransportAgreements();

/** What comes back for a block: bytes, or the code of an error. */
async function answerTo(block: Buffer, messageLength = messageBytes): Promise<string> {
  const transport = await agreements.with(localKeyManager, timeoutMs);
  const { contactCenter, keyIdentifier } = key;
  const request = { contactCenter, keyIdentifier, padding: 'PKCS1_V1_5', messageLength } as const;
  const { jwe } = await localKeyManager
    .call('DecryptBlock', { ...request, block, transportKeyId: transport.id }, { timeoutMs })
    .catch((error: unknown) => ({ jwe: (error as { code: string }).code }));
  return jwe.startsWith('RCS_') ? jwe : transport.key.unwrap(jwe).toString('hex');
}

const nonZero = (length: number): Buffer => Buffer.from(Array.from({ length }, () => randomInt(1, 256)));
const rawEncrypt = (block: Buffer): Buffer =>
  publicEncrypt({ key: publicKeyOf(key), padding: constants.RSA_NO_PADDING }, block);
const goodBlock = (message: Buffer): Buffer =>
  rawEncrypt(Buffer.concat([Buffer.of(0, 2), nonZero(modulusBytes - 3 - message.length), Buffer.of(0), message]));

/** RFC 8017, 7.2.2, step 3, broken in each way that Bleichenbacher, Manger and their heirs ask about. */
const modifications: Readonly<Record<string, () => Buffer>> = {
  'another block type': () => rawEncrypt(Buffer.concat([Buffer.of(0, 1), nonZero(221), Buffer.of(0), randomBytes(32)])),
  'no zero in front': () => rawEncrypt(Buffer.concat([Buffer.of(1, 2), nonZero(221), Buffer.of(0), randomBytes(32)])),
  'no separator': () => rawEncrypt(Buffer.concat([Buffer.of(0, 2), nonZero(254)])),
  'short padding': () => rawEncrypt(Buffer.concat([Buffer.of(0, 2), nonZero(4), Buffer.of(0), randomBytes(249)])),
  'a message too short': () => goodBlock(randomBytes(31)),
  'a message too long': () => goodBlock(randomBytes(33)),
  'no message': () => goodBlock(Buffer.alloc(0)),
  'a random plaintext': () => rawEncrypt(Buffer.concat([Buffer.of(0), randomBytes(255)])),
  'a changed bit': () => {
    const block = goodBlock(randomBytes(messageBytes));
    // Not in the first byte, so that the number stays below the modulus.
    const index = randomInt(8, modulusBytes);
    block[index] = (block[index] ?? 0) ^ (1 << randomInt(8));
    return block;
  },
  'a number above the modulus': () => Buffer.concat([Buffer.alloc(64, 0xff), randomBytes(192)]),
};
const modified = Object.values(modifications);
const anyModified = (index: number): Buffer => modified[index % modified.length]!();

async function inParallel<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return results;
}

it('answers thousands of modified blocks with bytes that look like any key, never with an error', async () => {
  const answers = await inParallel(countInTier(2500, 10_000), index => answerTo(anyModified(index)));
  expect(answers.filter(answer => !/^[0-9a-f]{64}$/.test(answer))).toEqual([]);
  expect(new Set(answers).size).toBe(answers.length);
  const bytes = Buffer.from(answers.join(''), 'hex');
  let ones = 0;
  for (const byte of bytes) for (let bit = byte; bit > 0; bit &= bit - 1) ones++;
  // 0.6 million fair coins, in other tiers 2.5 million: the standard deviation of the share is 0.0006.
  expect(ones / (bytes.length * 8)).toBeGreaterThan(0.497);
  expect(ones / (bytes.length * 8)).toBeLessThan(0.503);
  const metrics = await vault.metrics();
  expect(metrics).not.toMatch(
    /^rcs_vault_key_uses_total\{(?=.*operation="decrypt-block")(?!.*outcome="ok").*\} [1-9]/m,
  );
});

it('answers the same block with the same bytes, and the good one with its message', async () => {
  for (const make of modified) {
    const block = make();
    expect(await answerTo(block)).toBe(await answerTo(block));
  }
  const message = randomBytes(messageBytes);
  expect(await answerTo(goodBlock(message))).toBe(message.toString('hex'));
});

it('tells nothing by the length, either, where the caller names none', async () => {
  const blocks = Array.from({ length: 1200 }, (_, index) => anyModified(index));
  // A message too short or too long is no fault where no length was asked for.
  const faulty = blocks.filter((_, index) => !/message/.test(Object.keys(modifications)[index % modified.length]!));
  const answers = await inParallel(faulty.length, index => answerTo(faulty[index]!, 0));
  expect(answers.filter(answer => !/^([0-9a-f]{2})*$/.test(answer))).toEqual([]);
  const lengths = answers.map(answer => answer.length / 2);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(modulusBytes - 11);
  // Of 840 lengths, evenly spread over 246, each quarter has 210 with a standard deviation of 13.
  for (const quarter of [0, 1, 2, 3]) {
    expect(lengths.filter(length => Math.floor((length * 4) / 246) === quarter).length).toBeGreaterThan(130);
  }
  const again = await inParallel(20, index => answerTo(faulty[index]!, 0));
  expect(again).toEqual(answers.slice(0, 20));
  for (const length of [0, 16, 100]) {
    const message = randomBytes(length);
    expect(await answerTo(goodBlock(message), 0)).toBe(message.toString('hex'));
  }
});

/** The chance that a value of the first is above one of the second; a half when both come from one source. */
function chanceAbove(first: readonly number[], second: readonly number[]): number {
  const ranked = [
    ...first.map(value => ({ value, mine: true })),
    ...second.map(value => ({ value, mine: false })),
  ].sort((a, b) => a.value - b.value);
  let below = 0;
  let above = 0;
  for (const { mine } of ranked) {
    if (mine) above += below;
    else below++;
  }
  return above / (first.length * second.length);
}

it('takes as long for modified blocks as for good ones', async () => {
  const pairs = 800;
  const blocks = Array.from({ length: pairs }, (_, index) => ({
    good: goodBlock(randomBytes(messageBytes)),
    bad: anyModified(index),
  }));
  const times = { good: [] as number[], bad: [] as number[] };
  const timed = async (kind: 'good' | 'bad', block: Buffer): Promise<void> => {
    const begun = performance.now();
    await answerTo(block);
    times[kind].push(performance.now() - begun);
  };
  for (const { good, bad } of blocks) {
    // In random order, so that neither profits from following the other.
    if (randomInt(2) === 0) {
      await timed('good', good);
      await timed('bad', bad);
    } else {
      await timed('bad', bad);
      await timed('good', good);
    }
  }
  // Ranks do not mind outliers; with 800 pairs the standard deviation of this chance is 0.015.
  expect(Math.abs(chanceAbove(times.bad, times.good) - 0.5)).toBeLessThan(0.1);
});
