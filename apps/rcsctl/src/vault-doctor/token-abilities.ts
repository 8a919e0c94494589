import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import {
  rsaPublicKey,
  TokenError,
  type KeyEncryptionScheme,
  type OaepHash,
  type PresentKey,
  type TokenDescription,
  type TokenKey,
  type UnwrapOptions,
} from '#pkcs11';
import { bad, doubtful, good, type Finding } from './finding.js';

/** What is asked of an open token. */
export interface OpenToken {
  readonly description: TokenDescription | undefined;
  readonly keys: readonly TokenKey[];
  unwrapSessionKey(key: PresentKey, options: UnwrapOptions): Promise<Buffer>;
}

const timeoutMs = 30_000;
const speedMs = 1000;
const manyCallers = 8;

/** Whether the PIN can be tried: what CK_TOKEN_INFO says of it. */
export function pinState({ description }: OpenToken): Finding {
  switch (description?.pin) {
    case 'locked':
      return bad('pin', 'locked', 'Have the security officer of the token set the PIN anew.');
    case 'final-try':
      return bad(
        'pin',
        'one wrong try locks it',
        'Make sure that the PIN of the configuration is right before anything starts.',
      );
    case 'few-tries':
      return doubtful(
        'pin',
        'it was entered wrongly before',
        'Look for who tries a wrong one: every vault and tool counts.',
      );
    default:
      return good('pin', 'no wrong try is noted');
  }
}

/** Who judges paddings. */
export function paddings({ description }: OpenToken): Finding {
  const offered = description?.mechanisms.join(', ') ?? '';
  const { rawRsa = false, paddings: inToken = [] } = description?.capabilities ?? {};
  if (rawRsa) return good('mechanisms', offered);
  if (inToken.length === 0) {
    return bad('mechanisms', offered, 'Allow CKM_RSA_X_509, CKM_RSA_PKCS or CKM_RSA_PKCS_OAEP for decryption.');
  }
  const advice =
    'The token judges paddings itself, with what it knows of RSAES-OAEP, and each unwrapping takes two decryptions: allow ' +
    'CKM_RSA_X_509 for decryption if the policy of the HSM permits it.';
  return doubtful('mechanisms', offered, advice);
}

/** How private keys come in. */
export function waysToImport({ description }: OpenToken): Finding {
  const { mechanisms = [], capabilities } = description ?? {};
  if (capabilities?.keyUnwrapping === true) {
    const under = mechanisms.filter(name => name.startsWith('CKM_AES_KEY_WRAP')).join(', ');
    return good('import', `wrapped (${under}), else by C_CreateObject`);
  }
  const advice =
    'Where C_CreateObject is refused, bring keys with the own tool of the token: they are found by their modulus.';
  return doubtful('import', 'by C_CreateObject alone', advice);
}

/** How key pairs are made. */
export function waysToGenerate({ description }: OpenToken): Finding {
  const found = (description?.mechanisms ?? []).filter(name => name.endsWith('KEY_PAIR_GEN')).join(', ');
  if (description?.capabilities.keyGeneration === true) return good('generate', found);
  return doubtful('generate', 'no', 'Key pairs are made elsewhere and imported.');
}

const oaep = (hash: OaepHash, mgfHash = hash, label = ''): KeyEncryptionScheme => ({
  scheme: 'rsaes-oaep',
  hash,
  mgfHash,
  label: Buffer.from(label),
});
/** Those that envelopes have; the first three are common. */
const schemes: readonly (readonly [string, KeyEncryptionScheme])[] = [
  ['PKCS#1 v1.5', { scheme: 'rsaes-pkcs1-v1_5' }],
  ['OAEP SHA-1', oaep('sha1')],
  ['OAEP SHA-256', oaep('sha256')],
  ['OAEP SHA-384', oaep('sha384')],
  ['OAEP SHA-512', oaep('sha512')],
  ['OAEP with a label', oaep('sha1', 'sha1', 'label')],
];
const common = 3;

/** Opens one session key of each scheme with the key. */
export async function schemesThatWork(token: OpenToken, key: TokenKey): Promise<Finding> {
  const failing: string[] = [];
  let missesCommon = false;
  for (const [index, [name, scheme]] of schemes.entries()) {
    const failure = await failureOf(token, key, scheme);
    if (failure === undefined) continue;
    failing.push(`${name}: ${failure}`);
    missesCommon ||= index < common;
  }
  if (failing.length === 0) return good('schemes', schemes.map(([name]) => name).join(', '));
  const found = `not ${failing.join('; not ')}`;
  const advice = 'Envelopes of these kinds do not open here; with CKM_RSA_X_509 they would.';
  return missesCommon ? doubtful('schemes', found, advice) : good('schemes', found);
}

async function failureOf(token: OpenToken, key: TokenKey, scheme: KeyEncryptionScheme): Promise<string | undefined> {
  const message = randomBytes(32);
  try {
    return (await unwrap(token, key, scheme, message)).equals(message) ? undefined : 'a wrong key';
  } catch (error) {
    if (error instanceof TokenError) return error.message;
    throw error;
  }
}

function unwrap(token: OpenToken, key: TokenKey, scheme: KeyEncryptionScheme, message: Buffer): Promise<Buffer> {
  const publicKey = rsaPublicKey(key.modulus, key.publicExponent);
  const encryptedKey =
    scheme.scheme === 'rsaes-oaep'
      ? publicEncrypt({ key: publicKey, oaepHash: scheme.hash, oaepLabel: scheme.label }, message)
      : publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
  return token.unwrapSessionKey(key, {
    scheme,
    encryptedKey,
    sessionKeyLength: message.length,
    signal: AbortSignal.timeout(timeoutMs),
  });
}

/** Unwrappings a second by one caller and by eight at a time, with the first scheme that works. */
export async function speed(token: OpenToken, key: TokenKey): Promise<Finding> {
  for (const [, scheme] of schemes) {
    if ((await failureOf(token, key, scheme)) !== undefined) continue;
    const [one, many] = [await perSecond(token, key, scheme, 1), await perSecond(token, key, scheme, manyCallers)];
    const bits = key.modulus.length * 8;
    return good('speed', `RSA-${bits}: ${one} a second for one caller, ${many} for ${manyCallers}`);
  }
  return bad('speed', 'nothing works', 'See above.');
}

async function perSecond(
  token: OpenToken,
  key: TokenKey,
  scheme: KeyEncryptionScheme,
  callers: number,
): Promise<number> {
  const [begun, message] = [performance.now(), randomBytes(32)];
  let done = 0;
  const caller = async (): Promise<void> => {
    for (; performance.now() < begun + speedMs; done++) await unwrap(token, key, scheme, message);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return Math.round((done * 1000) / (performance.now() - begun));
}
