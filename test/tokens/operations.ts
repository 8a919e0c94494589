import { constants, publicEncrypt, randomBytes, verify } from 'node:crypto';
import {
  rsaPublicKey,
  TokenError,
  type HostedToken,
  type KeyEncryptionScheme,
  type KeySelector,
  type OaepHash,
  type TokenKey,
} from '#pkcs11';
import { pairOf, recordingKey } from '../../libs/pkcs11/src/testing/recording-key.js';
import { encodeOaep } from '../../libs/pkcs11/src/unwrap/oaep.js';

/** A row of the table of docs/tokens.md. */
export interface Operation {
  readonly name: string;
  /** What the cell says: `yes`, or in whatever other way it is done. @throws TokenError what the cell says instead */
  readonly run: (token: HostedToken) => Promise<string>;
}

const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const modulusBits = 2048;
const label = '9350/contract';
const none = Buffer.alloc(0);
const oaep = (hash: OaepHash, mgfHash = hash, oaepLabel: Buffer = none): KeyEncryptionScheme => ({
  scheme: 'rsaes-oaep',
  hash,
  mgfHash,
  label: oaepLabel,
});
const pkcs1: KeyEncryptionScheme = { scheme: 'rsaes-pkcs1-v1_5' };

const keyOf = ({ keys }: HostedToken): TokenKey => {
  const key = keys.find(one => one.label === label);
  if (key === undefined) throw new Error('the key pair of this test is not there');
  return key;
};

/** By what the host of the token tells whoever asks it. */
const isFoundBy = (token: HostedToken, selector: KeySelector): string =>
  token.knownKeys(selector).length === 1 ? 'yes' : 'NOT FOUND';

function encrypted({ modulus, publicExponent }: TokenKey, scheme: KeyEncryptionScheme, message: Buffer): Buffer {
  const key = rsaPublicKey(modulus, publicExponent);
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') {
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
  }
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encodeOaep(message, modulus.length, scheme));
}

const unwrap = (token: HostedToken, scheme: KeyEncryptionScheme, encryptedKey: Buffer): Promise<Buffer> =>
  token.unwrapSessionKey(keyOf(token), { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() });

const unwrapping = (name: string, scheme: KeyEncryptionScheme): Operation => ({
  name: `unwrap ${name}`,
  run: async token => {
    for (let round = 0; round < 3; round++) {
      const message = randomBytes(32);
      const opened = await unwrap(token, scheme, encrypted(keyOf(token), scheme, message));
      if (!opened.equals(message)) return 'WRONG KEY';
    }
    return 'yes';
  },
});

/** Wrong in ways that every padding knows, and in none. */
const badBlocks = (): Buffer[] => [
  ...Array.from({ length: 12 }, () => Buffer.concat([Buffer.of(0), randomBytes(255)])),
  Buffer.alloc(256, 0xff),
  Buffer.alloc(256),
  randomBytes(17),
];

const rejecting = (name: string, scheme: KeyEncryptionScheme): Operation => ({
  name: `reject bad ${name} alike`,
  run: async token => {
    for (const block of badBlocks()) {
      const [first, again] = [await unwrap(token, scheme, block), await unwrap(token, scheme, block)];
      if (first.length !== 32 || !first.equals(again)) return 'NOT ALIKE';
    }
    return token.state.kind === 'open' ? 'yes' : 'TOKEN LOST';
  },
});

export const keepingCertificates = 'keep its certificate, find by issuer and number';

/** In this order: the first one makes the key of most others. */
export const operations: readonly Operation[] = [
  {
    name: 'who judges paddings',
    run: ({ description }) => Promise.resolve(description?.capabilities.rawRsa === true ? 'vault' : 'token'),
  },
  {
    name: 'make a key pair',
    run: async token => {
      await token.generateKeyPair({ modulusBits, label, sign: true }, soon());
      return 'yes';
    },
  },
  {
    name: 'sign a certificate request',
    run: async token => {
      const key = keyOf(token);
      const data = Buffer.from('a certificate request');
      const signature = await token.sign(key, 'sha256', data, soon());
      return verify('sha256', data, rsaPublicKey(key.modulus, key.publicExponent), signature) ? 'yes' : 'WRONG';
    },
  },
  {
    name: 'find by key identifier',
    run: token => Promise.resolve(isFoundBy(token, { type: 'subject-key-identifier', keyIdentifier: keyOf(token).id })),
  },
  unwrapping('PKCS#1 v1.5', pkcs1),
  unwrapping('OAEP SHA-1', oaep('sha1')),
  unwrapping('OAEP SHA-256', oaep('sha256')),
  unwrapping('OAEP SHA-256, MGF1 SHA-1', oaep('sha256', 'sha1')),
  unwrapping('OAEP SHA-1 with a label', oaep('sha1', 'sha1', Buffer.from('label'))),
  rejecting('PKCS#1 v1.5', pkcs1),
  rejecting('OAEP SHA-1', oaep('sha1')),
  {
    name: keepingCertificates,
    run: async token => {
      const key = keyOf(token);
      const issuer = await recordingKey('9350/issuer');
      const pair = await pairOf(label, issuer.privateKey, rsaPublicKey(key.modulus, key.publicExponent));
      await token.addCertificate(pair, soon());
      const name = { type: 'issuer-and-serial-number', issuer: pair.issuer, serialNumber: pair.serialNumber } as const;
      return isFoundBy(token, name);
    },
  },
  {
    name: 'import a key with its certificate',
    run: async token => {
      const { pair } = await recordingKey('9350/imported');
      return (await token.importKeyPair(pair, soon())).created ? 'yes' : 'NOT MADE';
    },
  },
  {
    name: 'remove a key',
    run: async token => {
      const key = keyOf(token);
      await token.removeKey({ id: key.id, labels: [label] }, soon());
      return token.keys.some(({ id }) => id.equals(key.id)) ? 'STILL THERE' : 'yes';
    },
  },
];

/** What the cell says of an operation: what it answered, or how it was refused. */
export const cellOf = ({ run }: Operation, token: HostedToken): Promise<string> => answerOf(() => run(token));

/** What was done, or how it was refused. */
export async function answerOf(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TokenError) return error.ckr === undefined ? error.failure : `${error.failure}, ${error.ckr}`;
    throw error;
  }
}
