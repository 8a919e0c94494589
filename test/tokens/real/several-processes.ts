import { randomBytes, publicEncrypt, constants } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { rsaPublicKey, type HostedToken, type TokenKey } from '#pkcs11';
import type { DescribedToken } from './contract-cells.js';
import { optionsOf, soon, withToken } from './open-token.js';

const modulusBits = 2048;
const patienceMs = 30_000;

const makeKey = (token: HostedToken, label: string): Promise<TokenKey> =>
  token.generateKeyPair({ modulusBits, label, sign: false }, soon());

/** With RSAES-OAEP and SHA-1, which all of them know. */
async function opens(token: HostedToken, key: TokenKey): Promise<boolean> {
  const message = randomBytes(32);
  const publicKey = rsaPublicKey(key.modulus, key.publicExponent);
  const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, message);
  const scheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) } as const;
  const opened = await token.unwrapSessionKey(key, { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() });
  return opened.equals(message);
}

/** Another token of the same module is used at the same time, each with a key of its own. */
export async function besideAnother(token: HostedToken, described: DescribedToken): Promise<string> {
  const { secondUri, secondSettings } = described;
  const second = { ...described, uri: secondUri, settings: { ...described.settings, ...secondSettings } };
  return withToken(optionsOf(second), async other => {
    const [own, theirs] = [await makeKey(token, '9350/own'), await makeKey(other, '9350/theirs')];
    const opened = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? opens(token, own) : opens(other, theirs))),
    );
    await token.removeKey({ id: own.id, labels: [own.label] }, soon());
    return opened.every(Boolean) ? 'yes' : 'WRONG KEY';
  });
}

/** What another process makes is found without a restart. */
export async function keyOfAnotherProcess(token: HostedToken, described: DescribedToken): Promise<string> {
  const made = await withToken(optionsOf(described), other => makeKey(other, '9350/another-process'));
  const name = { type: 'subject-key-identifier', keyIdentifier: made.id } as const;
  const [found] = await token.findKeys(name, () => true, soon());
  if (found === undefined) return 'NOT FOUND';
  const opened = await opens(token, found);
  await token.removeKey({ id: found.id, labels: [found.label] }, soon());
  return opened ? 'yes' : 'WRONG KEY';
}

/** The process of the module is killed in the middle of its work; the next one opens what the first one did. */
export async function afterItsModuleWasKilled(token: HostedToken): Promise<string> {
  const key = await makeKey(token, '9350/kept');
  const before = token.pid;
  if (before === undefined) return 'NO PROCESS';
  const running = opens(token, key).catch(() => false);
  process.kill(before, 'SIGKILL');
  await running;
  const end = performance.now() + patienceMs;
  while ((token.pid === before || token.state.kind !== 'open') && performance.now() < end) await delay(20);
  if (token.pid === before || token.state.kind !== 'open') return 'STAYS AWAY';
  const opened = await opens(token, key);
  await token.removeKey({ id: key.id, labels: [key.label] }, soon());
  return opened ? 'yes' : 'WRONG KEY';
}
