import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { HostedToken, listSlotsOf, parsePkcs11Uri, rsaPublicKey, TokenError, type TokenKey } from '#pkcs11';
import { describeError, type KeyVaultConfiguration } from '#platform';
import { good, type Finding } from './finding.js';
import { paddings, pinState, schemesThatWork, speed, waysToGenerate, waysToImport } from './token-abilities.js';

type TokenSettings = KeyVaultConfiguration['tokens'][number];

const timeoutMs = 30_000;
const quiet = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };

/** Opens a token as the vault does and looks at everything a playback needs of it. Nothing in it is changed. */
export async function examineToken(settings: TokenSettings): Promise<Finding[]> {
  const before: Finding[] = [];
  // eslint-disable-next-line no-restricted-properties -- the module's own configuration, under names of its vendor
  const environment = process.env;
  let token: HostedToken;
  try {
    const slots = await listSlotsOf(settings.uri, environment, settings);
    before.push(good('module', parsePkcs11Uri(settings.uri).modulePath), describeSlots(slots));
    token = await HostedToken.open({ ...settings, environment, observer: quiet });
  } catch (error) {
    return [...before, whyNotOpen(error, settings.uri)];
  }
  try {
    return [
      ...before,
      describe(token),
      pinState(token),
      paddings(token),
      waysToImport(token),
      waysToGenerate(token),
      sessions(token, settings.sessions),
      keys(token.keys),
      ...(await testKey(token)),
    ];
  } finally {
    token.close();
    await token.closed;
  }
}

type Slot = Awaited<ReturnType<typeof listSlotsOf>>[number];

function describeSlots(slots: readonly Slot[]): Finding {
  const found = slots.map(slot => `${slot.slotId}: ${contentOf(slot)}`).join(', ');
  if (found !== '') return good('slots', found, `${slots.length} with a token`);
  const advice = 'No slot holds a token: check that the HSM is connected and that its own configuration is set here.';
  return { check: 'slots', verdict: 'bad', found: 'none', advice };
}

function contentOf({ label, serialNumber }: Slot): string {
  if (label === undefined) return 'does not answer';
  return label === '' ? 'not initialised' : `${label} (${serialNumber})`;
}

function whyNotOpen(error: unknown, uri: string): Finding {
  const found = describeError(error);
  const reported = error instanceof TokenError ? `${error.code} ${error.ckr ?? ''}`.trimEnd() : 'another error';
  const bad = (check: Finding['check'], advice: string): Finding => ({
    check,
    verdict: 'bad',
    found,
    advice,
    reported,
  });
  if (!(error instanceof TokenError)) return bad('module', 'Read the message; it is none that a token gives.');
  switch (error.failure) {
    case 'pin':
      return bad('token', 'Correct the PIN. Do not try often: tokens lock it after a few wrong ones.');
    case 'unsupported':
      return bad('module', `Check module-path in ${uri} and that the library's own dependencies are installed.`);
    case 'refused':
      return bad('token', 'Make the URI name one token exactly: add serial or slot-id.');
    default:
      return bad(
        'token',
        'Check that the HSM is connected, and that its own configuration (as SOFTHSM2_CONF) is set here.',
      );
  }
}

function describe({ description }: HostedToken): Finding {
  const { label = '', manufacturer = '', model = '', serialNumber = '', firmwareVersion = '' } = description ?? {};
  return good(
    'token',
    `${label} (${manufacturer} ${model}, serial number ${serialNumber}, firmware ${firmwareVersion})`,
    `${manufacturer} ${model}, firmware ${firmwareVersion}`,
  );
}

function sessions(token: HostedToken, wanted: number): Finding {
  const { size } = token.sessions;
  const found = `${size} for playback, of ${wanted} that are configured`;
  if (size >= wanted) return good('sessions', found);
  const advice = 'Lower keyVault.token.sessions, or allow more sessions in the HSM.';
  return { check: 'sessions', verdict: 'doubtful', found, advice };
}

function keys(present: readonly TokenKey[]): Finding {
  const without = present.filter(({ certificate }) => certificate === undefined).map(({ label }) => label);
  const found = `${present.length}: ${present.map(({ label }) => label).join(', ')}`;
  if (present.length === 0) {
    const advice = 'Import one (rcsctl import-key, rcsctl import-keystore) or make one in the token.';
    return { check: 'keys', verdict: 'doubtful', found: 'none', advice };
  }
  if (without.length === 0) return good('keys', found, String(present.length));
  const advice = `Attach the certificates of ${without.join(', ')}: recipients may name them by issuer and serial number.`;
  const reported = `${present.length}, ${without.length} without certificates`;
  return { check: 'keys', verdict: 'doubtful', found, advice, reported };
}

async function testKey(token: HostedToken): Promise<Finding[]> {
  const [key] = token.keys;
  const unwrapped = await testUnwrap(token);
  return key === undefined ? [unwrapped] : [unwrapped, await schemesThatWork(token, key), await speed(token, key)];
}

async function testUnwrap(token: HostedToken): Promise<Finding> {
  const [key] = token.keys;
  if (key === undefined) return { check: 'unwrap', verdict: 'doubtful', found: 'not tried', advice: 'It needs a key.' };
  const sessionKey = randomBytes(32);
  const publicKey = rsaPublicKey(key.modulus, key.publicExponent);
  const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, sessionKey);
  const options = { scheme: { scheme: 'rsaes-pkcs1-v1_5' as const }, encryptedKey, sessionKeyLength: 32 };
  const begun = performance.now();
  try {
    const opened = await token.unwrapSessionKey(key, { ...options, signal: AbortSignal.timeout(timeoutMs) });
    const found = `${key.label} in ${(performance.now() - begun).toFixed(1)} ms`;
    if (opened.equals(sessionKey)) return good('unwrap', found, 'yes');
    return {
      check: 'unwrap',
      verdict: 'bad',
      found,
      advice: 'The private key is not that of its public part: restore it.',
    };
  } catch (error) {
    if (error instanceof TokenError && error.failure === 'unsupported') {
      const advice = 'Envelopes with PKCS#1 v1.5 do not open here.';
      return { check: 'unwrap', verdict: 'doubtful', found: error.message, advice };
    }
    const advice = 'Check that the key may decrypt (CKA_DECRYPT) and that the login is allowed to use it.';
    return { check: 'unwrap', verdict: 'bad', found: describeError(error), advice };
  }
}
