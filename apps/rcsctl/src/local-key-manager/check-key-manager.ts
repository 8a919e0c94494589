import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import type { KeyManagementAnswer, KeyManagementClient } from './key-management-client.js';

export interface CheckResult {
  readonly check: string;
  readonly ok: boolean;
  /** What came instead, and what to do. */
  readonly advice?: string;
}

interface KeyPair {
  readonly id: string;
  readonly publicKey: string;
}

const staleBySeconds = 600;

/** Plays Genesys Cloud against a local key manager: what must work, and what must be refused. */
export async function checkKeyManager(client: KeyManagementClient): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const check = async (name: string, work: () => Promise<string | undefined>): Promise<void> => {
    const advice = await work().catch((error: unknown) => `it failed: ${(error as Error).message}`);
    results.push({ check: name, ok: advice === undefined, ...(advice === undefined ? {} : { advice }) });
  };
  let keyPair: KeyPair | undefined;

  await check('the decrypt endpoint describes itself (OPTIONS)', async () =>
    expectStatus(await client.call('OPTIONS', '/decrypt'), 200, signatureAdvice),
  );
  await check('requests without a signature are refused', async () =>
    expectStatus(await client.call('OPTIONS', '/decrypt', { authorization: null }), 401, 'Hawk does not guard it'),
  );
  await check('there is a key pair', async () => {
    keyPair = await anyKeyPair(client);
    return keyPair === undefined ? 'make one with rcsctl lkm register' : undefined;
  });
  for (const [name, query, padding] of [
    ['OAEP', '', constants.RSA_PKCS1_OAEP_PADDING],
    ['PKCS#1 v1.5', '?decryptType=pkcs1', constants.RSA_PKCS1_PADDING],
  ] as const) {
    await check(`a sample with ${name} is decrypted`, async () =>
      keyPair === undefined ? 'there is no key pair' : sampleDecrypt(client, keyPair, query, padding),
    );
  }
  await check('a caller with a wrong clock is told the time', async () => {
    const timestamp = Math.floor(Date.now() / 1000) - staleBySeconds;
    const answer = await client.call('GET', '/keypair', { timestamp });
    const told = /\bts="\d+", tsm="[^"]+"/.test(answer.challenge);
    return (
      expectStatus(answer, 401, 'old requests are accepted') ?? (told ? undefined : 'the answer has no ts and tsm')
    );
  });
  await check('a request that was sent before is refused', async () => {
    const first = await client.call('GET', '/keypair');
    const again = await client.call('GET', '/keypair', { authorization: first.authorization ?? null });
    return expectStatus(again, 401, 'whoever listens can repeat requests');
  });
  return results;
}

const signatureAdvice =
  'check id and key, and that publicHost and publicPort of the section localKeyManager are what callers use';

function expectStatus({ status, text }: KeyManagementAnswer, expected: number, advice: string): string | undefined {
  return status === expected ? undefined : `status ${status}, not ${expected} (${text.slice(0, 200)}): ${advice}`;
}

async function anyKeyPair(client: KeyManagementClient): Promise<KeyPair | undefined> {
  const { status, text } = await client.call('GET', '/keypair');
  return status === 200 ? (JSON.parse(text) as KeyPair[]).at(-1) : undefined;
}

async function sampleDecrypt(
  client: KeyManagementClient,
  { id, publicKey }: KeyPair,
  query: string,
  padding: number,
): Promise<string | undefined> {
  const message = randomBytes(32);
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'pkcs1' });
  const block = publicEncrypt({ key, padding, oaepHash: 'sha1' }, message).toString('base64');
  const answer = await client.call('POST', `/decrypt${query}`, { body: { keypairId: id, body: block } });
  const failure = expectStatus(answer, 200, 'see the log of gateway and vault');
  if (failure !== undefined) return failure;
  const { body } = JSON.parse(answer.text) as { readonly body: string };
  return body === message.toString('base64') ? undefined : 'other bytes came than were encrypted';
}
