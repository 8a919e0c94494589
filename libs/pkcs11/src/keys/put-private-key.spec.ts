import { execFileSync } from 'node:child_process';
import { constants, createPrivateKey, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { parsePkcs11Uri } from '../location/pkcs11-uri.js';
import { TokenConnection } from '../module/token-connection.js';
import { TokenModule } from '../module/token-module.js';
import type { TokenSession } from '../sessions/token-session.js';
import { recordingKey } from '../testing/recording-key.js';
import { SoftHsmToken } from '../testing/softhsm-token.js';
import type { OfferedMechanisms } from './offered-mechanisms.js';
import { privateKeyTemplate } from './key-templates.js';
import { putPrivateKey } from './put-private-key.js';
import { findObjects } from './token-objects.js';

const offering = (...mechanisms: readonly number[]): OfferedMechanisms => ({
  allows: mechanism => mechanisms.includes(mechanism),
});

describe(putPrivateKey.name, () => {
  const softHsm = new SoftHsmToken();
  const module = TokenModule.load(softHsm.modulePath);
  let connection: TokenConnection;
  let session: TokenSession;

  beforeAll(async () => {
    const location = parsePkcs11Uri(softHsm.uri);
    const limits = { sessions: 1, queueLimit: 1, operationTimeoutMs: 10_000 };
    connection = TokenConnection.open(module, { location, pin: softHsm.pin, ...limits });
    session = await connection.pool('administration').lease('administration', AbortSignal.timeout(5000), 'alone');
  });
  afterAll(async () => {
    connection.pool('administration').release(session, true);
    connection.close();
    await module.finish(0);
    softHsm.remove();
  });

  it('brings a key of three primes (RFC 8017, 3.2) into the token', async () => {
    const made = ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
    const key = execFileSync('openssl', [...made, '-pkeyopt', 'rsa_keygen_primes:3'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const privateKey = createPrivateKey(key);
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const template = privateKeyTemplate(randomBytes(20), 'a/three', { sign: false });
    for (const mechanisms of [connection.mechanisms, offering()]) {
      const handle = await putPrivateKey(session, mechanisms, pkcs8, template);
      const message = randomBytes(32);
      const encrypted = publicEncrypt(
        { key: createPublicKey(privateKey), padding: constants.RSA_PKCS1_PADDING },
        message,
      );
      expect(await session.decrypt({ mechanism: pkcs11.CKM_RSA_PKCS }, handle, encrypted, 256)).toEqual(message);
    }
  });

  it.each([
    ['wrapped', () => connection.mechanisms],
    ['by its numbers, for tokens that unwrap no keys', () => offering()],
    ['by its numbers, when the token cannot unwrap after all', () => offering(0x210b)],
  ])('brings a key into the token %s', async (_, mechanisms) => {
    const { pair, publicKey } = await recordingKey('a/b');
    const copy = Buffer.from(pair.pkcs8);
    const template = privateKeyTemplate(pair.keyIdentifier, pair.label, { sign: false });
    const key = await putPrivateKey(session, mechanisms(), pair.pkcs8, template);
    const message = randomBytes(32);
    const encrypted = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
    expect(await session.decrypt({ mechanism: pkcs11.CKM_RSA_PKCS }, key, encrypted, 256)).toEqual(message);
    expect(pair.pkcs8).toEqual(copy);
    const secretKeys = [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY }];
    expect(findObjects(session, secretKeys)).toEqual([]);
  });
});
