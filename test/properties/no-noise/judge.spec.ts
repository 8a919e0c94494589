import { createDecipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyPairs } from '../media/key-pairs.js';
import { makeCertificate } from '../media/made-certificate.js';
import { detachedEnvelope, newSecret, seal } from '../media/sealed-media.js';
import { waveFile } from '../media/wave.js';
import { Random } from '../world/random.js';
import { OpensslOracle, whyHeard } from './judge.js';
import type { StoredCase } from './stored-case.js';

const random = new Random(1);
const plaintext = waveFile(random, 5563);
const secret = newSecret(random);
const work = mkdtempSync(join(tmpdir(), 'rcs-judge-'));
/** It has no key, so that what it says comes from the metadata alone. */
const oracle = new OpensslOracle(work, []);

afterAll(() => rmSync(work, { recursive: true, force: true }));

const garbled = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = changed[at]! ^ 9;
  return changed;
};

async function madeCase(kind: 'own' | 'openssl', at: number): Promise<StoredCase> {
  const pairs = await KeyPairs.make(3, random.fork());
  const certificate = makeCertificate({ pair: pairs.take(), name: 'us' });
  const recipients = [{ certificate, by: 'key-identifier' as const }];
  const { stored } = seal(plaintext, 'attached', recipients, secret);
  const lies = garbled(stored, at);
  return {
    ...{ name: 'case', kind, layout: 'attached', plaintextKind: 'wave', declared: 'pkcs7', change: 'garbled' },
    ...{ moment: 'before insertion', plaintext, secret, atInsertion: lies, atTheEnd: lies, mustPlay: false },
    ...{ pkcs7: detachedEnvelope(recipients, secret), exchangedPlaintext: undefined },
  };
}

it('the envelope in the metadata may open a file that is no envelope any more', async () => {
  const stored = await madeCase('own', 0);
  const { sessionKey, iv } = secret;
  const cipher = createDecipheriv('aes-256-cbc', sessionKey, iv);
  const body = Buffer.concat([cipher.update(stored.atInsertion), cipher.final()]);
  expect(body.subarray(384 + 16).equals(plaintext.subarray(16))).toBe(true);
  expect(await whyHeard(body, stored, oracle)).toBeDefined();
  expect(await whyHeard(garbled(body, 3000), stored, oracle)).toBeUndefined();
});

it('what openssl encrypted may end with other bytes, and more or fewer of them', async () => {
  const stored = await madeCase('openssl', 600);
  for (const more of [-10, 0, 4]) {
    const end = random.bytes(11 + more);
    const body = Buffer.concat([plaintext.subarray(0, 5563 - 11), end]);
    expect(await whyHeard(body, stored, oracle)).toBeDefined();
  }
  expect(await whyHeard(random.bytes(5563), stored, oracle)).toBeUndefined();
});
