import { constants, generateKeyPairSync, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import * as pkcs11 from 'pkcs11js';
import { TokenError } from '../errors/token-error.js';
import { namedCertificate, nameOf, ownIdentifier } from '../testing/named-certificate.js';
import { SoftHsmToken } from '../testing/softhsm-token.js';
import { Token } from '../token.js';
import type { KeyPairImport } from './import-key-pair.js';
import { KeyIndex } from './key-index.js';
import { privateKeyTemplate } from './key-templates.js';
import { rsaPrivateKeyOf } from './rsa-private-key.js';
import type { KeySelector, TokenKey } from './token-key.js';

jest.setTimeout(120_000);

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const signer = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const keys = Array.from({ length: 4 }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }));
const owners = ['a', 'b'] as const;

/** A certificate of one of the keys, under one of few names, as one of two owners brings it. */
interface Brought {
  readonly key: number;
  readonly owner: (typeof owners)[number];
  readonly alias: number;
  readonly serial: number;
  readonly printable: boolean;
  /** Number of the key whose identifier the certificate claims; none at all below 0. */
  readonly claims: number;
}

function pairOf({ key, owner, alias, serial, printable, claims }: Brought): KeyPairImport {
  const { publicKey, privateKey } = keys[key]!;
  const issuer = nameOf(printable ? 'RECORDING  CA' : 'Recording CA', printable ? 'printable' : 'utf8');
  const serialNumber = Buffer.of(serial);
  const claimed = keys[claims]?.publicKey;
  const certificateDer = namedCertificate({
    issuer,
    serialNumber,
    publicKey,
    signer,
    ...(claimed === undefined ? {} : { subjectKeyIdentifier: ownIdentifier(claimed) }),
  });
  return {
    label: `${owner}/${alias}`,
    pkcs8: privateKey.export({ format: 'der', type: 'pkcs8' }),
    keyIdentifier: ownIdentifier(publicKey),
    certificateDer,
    subject: issuer,
    issuer,
    serialNumber,
  };
}

const brought: fc.Arbitrary<Brought> = fc.record({
  key: fc.nat(keys.length - 1),
  owner: fc.constantFrom(...owners),
  alias: fc.nat(2),
  serial: fc.integer({ min: 1, max: 2 }),
  printable: fc.boolean(),
  claims: fc.integer({ min: -1, max: keys.length - 1 }),
});

describe('names of keys in a token', () => {
  const softHsm = new SoftHsmToken();
  const options = {
    uri: softHsm.uri,
    pin: softHsm.pin,
    sessions: 2,
    queueLimit: 100,
    operationTimeoutMs: 10_000,
    observer: { waited: () => undefined, executed: () => undefined, stateChanged: () => undefined },
  };
  let token: Token;
  const stranger = new pkcs11.PKCS11();

  beforeAll(() => {
    token = Token.open(options);
    stranger.load(softHsm.modulePath);
  });
  afterEach(() => removeAll());
  afterAll(async () => {
    token.close();
    await token.closed;
    softHsm.remove();
  });

  /** As other programs of this machine see the token. */
  function asStranger<T>(work: (session: pkcs11.Handle) => T): T {
    const slot = stranger.C_GetSlotList(true).find(one => stranger.C_GetTokenInfo(one).label.trim() === 'recordings');
    const session = stranger.C_OpenSession(slot!, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
    try {
      return work(session);
    } finally {
      stranger.C_CloseSession(session);
    }
  }
  const create = (template: pkcs11.Template): pkcs11.Handle =>
    asStranger(session => stranger.C_CreateObject(session, template));
  async function removeAll(): Promise<void> {
    for (const { id, label } of token.keys)
      await token.removeKey({ id, labels: [label] }, soon()).catch(() => undefined);
    await token.refreshKeys(soon());
    expect(token.keys).toEqual([]);
  }
  async function reopen(): Promise<void> {
    token.close();
    await token.closed;
    token = Token.open(options);
  }
  const find = (selector: KeySelector, owner = ''): readonly TokenKey[] =>
    new KeyIndex(token.objects).find(selector).filter(({ label }) => label.startsWith(owner));
  async function opens(key: TokenKey, publicKey: KeyObject): Promise<boolean> {
    const message = randomBytes(32);
    const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
    const scheme = { scheme: 'rsaes-pkcs1-v1_5' } as const;
    const request = { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() };
    return (await token.unwrapSessionKey(key, request)).equals(message);
  }
  /** Every way in which an envelope may name a certificate that was brought. */
  function selectorsOf({ issuer, serialNumber, keyIdentifier }: KeyPairImport, claims: number): KeySelector[] {
    const rewritten = nameOf('recording ca', 'printable');
    const claimed = keys[claims]?.publicKey;
    return [
      ...(claimed === undefined
        ? []
        : [{ type: 'subject-key-identifier', keyIdentifier: ownIdentifier(claimed) } as const]),
      { type: 'issuer-and-serial-number', issuer, serialNumber },
      { type: 'issuer-and-serial-number', issuer: rewritten, serialNumber },
      { type: 'subject-key-identifier', keyIdentifier },
    ];
  }

  it('lead to the right key whatever else bears them, whoever came first, and after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(brought, { minLength: 1, maxLength: 8 }), fc.boolean(), async (all, restart) => {
        const held: Brought[] = [];
        for (const one of all) {
          const outcome = await token.importKeyPair(pairOf(one), soon()).catch((error: unknown) => error);
          // An alias means one key of its owner, and a certificate has one alias there: nothing else is refused.
          if (!(outcome instanceof Error)) held.push(one);
          else expect([outcome instanceof TokenError, mayBeRefused(one, held)]).toEqual([true, true]);
        }
        if (restart) await reopen();
        for (const one of held) {
          for (const selector of selectorsOf(pairOf(one), one.claims)) {
            const candidates = find(selector, `${one.owner}/`);
            const { publicKey } = keys[one.key]!;
            const right = candidates.filter(({ id }) => id.equals(ownIdentifier(publicKey)));
            expect(right.length).toBeGreaterThan(0);
            expect(await opens(right[0]!, publicKey)).toBe(true);
            // Who has the identifier for certain is tried before who claims it.
            if (selector.type !== 'subject-key-identifier') continue;
            const certain = candidates.map(({ id }) => id.equals(selector.keyIdentifier));
            expect(certain).toEqual([...certain].sort((left, right) => Number(right) - Number(left)));
          }
        }
        await removeAll();
      }),
      { numRuns: 15 },
    );
  });

  it('removing what one owner has leaves every key of the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(brought, { minLength: 1, maxLength: 8 }), async all => {
        for (const one of all) await token.importKeyPair(pairOf(one), soon()).catch(() => undefined);
        const viewsOf = (owner: string): string[] =>
          token.keys
            .filter(({ label }) => label.startsWith(owner))
            .map(({ id, label, certificate }) => `${label} ${id.toString('hex')} ${certificate?.toString('hex') ?? ''}`)
            .sort();
        const before = viewsOf('a/');
        for (const { id, label } of token.keys.filter(key => key.label.startsWith('b/'))) {
          await token.removeKey({ id, labels: [label] }, soon()).catch(() => undefined);
        }
        await token.refreshKeys(soon());
        expect([viewsOf('a/'), viewsOf('b/')]).toEqual([before, []]);
        for (const key of token.keys) {
          const { publicKey } = keys.find(pair => ownIdentifier(pair.publicKey).equals(key.id))!;
          expect(await opens(key, publicKey)).toBe(true);
        }
        await removeAll();
      }),
      { numRuns: 15 },
    );
  });

  it('of an identifier are first those that it is made from, then those that claim it', async () => {
    const claimant = { key: 1, owner: 'b', alias: 0, serial: 1, printable: false, claims: 0 } as const;
    const victim = { key: 0, owner: 'a', alias: 0, serial: 2, printable: false, claims: 0 } as const;
    for (const one of [claimant, victim]) await token.importKeyPair(pairOf(one), soon());
    const selector = { type: 'subject-key-identifier', keyIdentifier: ownIdentifier(keys[0]!.publicKey) } as const;
    expect(find(selector).map(({ label }) => label)).toEqual(['a/0', 'b/0']);
  });

  it('two key pairs under one CKA_ID are told apart by their modulus, also when one of them goes', async () => {
    const id = Buffer.of(1);
    const handles = [0, 1].map(index => {
      const numbers = rsaPrivateKeyOf(keys[index]!.privateKey.export({ format: 'der', type: 'pkcs8' }));
      const publicTemplate = [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY },
        { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_ID, value: id },
        { type: pkcs11.CKA_MODULUS, value: numbers.modulus },
        { type: pkcs11.CKA_PUBLIC_EXPONENT, value: numbers.publicExponent },
      ];
      create([
        ...privateKeyTemplate(id, `a/${index}`, { sign: false }),
        { type: pkcs11.CKA_MODULUS, value: numbers.modulus },
        { type: pkcs11.CKA_PUBLIC_EXPONENT, value: numbers.publicExponent },
        { type: pkcs11.CKA_PRIVATE_EXPONENT, value: numbers.privateExponent },
        { type: pkcs11.CKA_PRIME_1, value: numbers.prime1 },
        { type: pkcs11.CKA_PRIME_2, value: numbers.prime2 },
        { type: pkcs11.CKA_EXPONENT_1, value: numbers.exponent1 },
        { type: pkcs11.CKA_EXPONENT_2, value: numbers.exponent2 },
        { type: pkcs11.CKA_COEFFICIENT, value: numbers.coefficient },
      ]);
      return create(publicTemplate);
    });
    // The certificates lie the other way round, as a tool that searched by CKA_ID alone would read them.
    for (const index of [1, 0]) {
      const pair = pairOf({ key: index, owner: 'a', alias: index, serial: index + 1, printable: false, claims: -1 });
      create([
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
        { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_ID, value: id },
        { type: pkcs11.CKA_LABEL, value: pair.label },
        { type: pkcs11.CKA_SUBJECT, value: pair.subject },
        { type: pkcs11.CKA_VALUE, value: pair.certificateDer },
      ]);
    }
    await token.refreshKeys(soon());
    expect(token.keys).toHaveLength(2);
    for (const index of [0, 1]) {
      const serialNumber = Buffer.of(index + 1);
      const selector = { type: 'issuer-and-serial-number', issuer: nameOf('Recording CA'), serialNumber } as const;
      const found = find(selector);
      expect(found.map(({ label }) => label)).toEqual([`a/${index}`]);
      expect(await opens(found[0]!, keys[index]!.publicKey)).toBe(true);
    }
    const [first] = find({ type: 'subject-key-identifier', keyIdentifier: ownIdentifier(keys[0]!.publicKey) });
    expect(await token.removeKey({ id: first!.id, labels: ['a/0'] }, soon())).toBe(true);
    expect(token.keys.map(({ label, certificate }) => [label, certificate !== undefined])).toEqual([['a/1', true]]);
    expect(await opens(token.keys[0]!, keys[1]!.publicKey)).toBe(true);
    const modulusOf = (object: pkcs11.Handle): string =>
      asStranger(session => {
        try {
          return String(stranger.C_GetAttributeValue(session, object, [{ type: pkcs11.CKA_MODULUS }])[0]?.type);
        } catch {
          return 'gone';
        }
      });
    expect(handles.map(modulusOf).map(state => state === 'gone')).toEqual([true, false]);
  });
});

/** An alias of this owner that another key has, or the very certificate under another alias of this owner. */
function mayBeRefused(one: Brought, held: readonly Brought[]): boolean {
  const own = held.filter(({ owner }) => owner === one.owner);
  return own.some(
    other =>
      (other.alias === one.alias && other.key !== one.key) ||
      (other.alias !== one.alias && other.key === one.key && other.serial === one.serial),
  );
}
