import { constants, publicEncrypt, randomBytes, verify } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as pkcs11 from 'pkcs11js';
import { TokenError } from './errors/token-error.js';
import { KeyIndex } from './keys/key-index.js';
import { rsaPublicKey } from './keys/subject-key-identifier.js';
import type { KeySelector, TokenKey } from './keys/token-key.js';
import { pairOf, recordingKey, type RecordingKey } from './testing/recording-key.js';
import { SoftHsmToken } from './testing/softhsm-token.js';
import type { TokenOptions, TokenState } from './token-options.js';
import { Token } from './token.js';

/** Making two large primes is a matter of luck. */
jest.setTimeout(60_000);

const pkcs1 = { scheme: 'rsaes-pkcs1-v1_5' } as const;
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const pkcs1Encrypt = ({ publicKey }: RecordingKey, message: Buffer): Buffer =>
  publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
const labelled = ({ id, label }: TokenKey) => ({ id, labels: [label] });
const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof TokenError ? error.failure : `foreign: ${String(error)}`),
  );

describe(Token.name, () => {
  const softHsm = new SoftHsmToken();
  const states: TokenState[] = [];
  const waits: number[] = [];
  const options: TokenOptions = {
    uri: softHsm.uri,
    pin: softHsm.pin,
    sessions: 4,
    queueLimit: 1000,
    operationTimeoutMs: 10_000,
    observer: {
      waited: seconds => waits.push(seconds),
      executed: () => undefined,
      stateChanged: state => states.push(state),
    },
  };
  let token: Token;
  let recording: RecordingKey;
  let key: TokenKey;
  const unwrap = (encryptedKey: Buffer, sessionKeyLength = 32, signal = soon()): Promise<Buffer> =>
    token.unwrapSessionKey(key, { scheme: pkcs1, encryptedKey, sessionKeyLength, signal });
  const find = (selector: KeySelector): readonly TokenKey[] => new KeyIndex(token.objects).find(selector);
  const until = async (condition: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 15_000; !condition() && Date.now() < limit;) await delay(20);
    expect(condition()).toBe(true);
  };
  /** A session beside the token's own, as another program of this machine has one. */
  const stranger = new pkcs11.PKCS11();
  const strangersSlot = (label = 'recordings'): pkcs11.Handle => {
    const slot = stranger.C_GetSlotList(true).find(one => stranger.C_GetTokenInfo(one).label.trim() === label);
    if (slot === undefined) throw new Error(`no slot has ${label}`);
    return slot;
  };
  const asStranger = <T>(work: (session: pkcs11.Handle) => T, label?: string): T => {
    const session = stranger.C_OpenSession(strangersSlot(label), pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION);
    try {
      return work(session);
    } finally {
      stranger.C_CloseSession(session);
    }
  };
  const secondUri = options.uri.replace('recordings', 'second');

  beforeAll(async () => {
    for (const label of ['second', 'twin', 'twin']) softHsm.initialise(label);
    token = Token.open(options);
    stranger.load(softHsm.modulePath);
    recording = await recordingKey('9350/first');
    ({ key } = await token.importKeyPair(recording.pair, soon()));
  });
  afterAll(async () => {
    token.close();
    await token.closed;
    softHsm.remove();
  });

  describe('description', () => {
    it('tells what the token is and can do', () => {
      expect(token.description).toMatchObject({
        label: 'recordings',
        model: 'SoftHSM v2',
        capabilities: {
          rawRsa: true,
          paddings: ['rsaes-pkcs1-v1_5', 'rsaes-oaep'],
          keyGeneration: true,
          signatures: true,
          keyUnwrapping: true,
          maximumSessions: undefined,
        },
      });
      expect(token.sessions).toEqual({ size: 4, inUse: 0, queued: 0 });
    });
  });

  describe('import', () => {
    it('makes a key that nobody can read or take out', () => {
      const read = (type: number): Buffer | undefined =>
        asStranger(session => stranger.C_GetAttributeValue(session, key.handle, [{ type }])[0]?.value);
      expect(() => read(pkcs11.CKA_PRIVATE_EXPONENT)).toThrow('CKR_ATTRIBUTE_SENSITIVE');
      expect(() => read(pkcs11.CKA_PRIME_1)).toThrow('CKR_ATTRIBUTE_SENSITIVE');
      const flags = [
        pkcs11.CKA_SENSITIVE,
        pkcs11.CKA_EXTRACTABLE,
        pkcs11.CKA_DECRYPT,
        pkcs11.CKA_SIGN,
        pkcs11.CKA_UNWRAP,
      ];
      expect(flags.map(type => read(type)?.[0])).toEqual([1, 0, 1, 0, 0]);
    });

    it('ties key and certificate together, found by either name of a recipient', () => {
      const { issuer, serialNumber, keyIdentifier, certificateDer } = recording.pair;
      const byNumber = find({ type: 'issuer-and-serial-number', issuer, serialNumber });
      const byKey = find({ type: 'subject-key-identifier', keyIdentifier });
      expect([byNumber, byKey]).toEqual([[key], [key]]);
      expect(key).toMatchObject({ label: '9350/first', certificate: certificateDer, id: keyIdentifier });
      expect(rsaPublicKey(key.modulus, key.publicExponent).equals(recording.publicKey)).toBe(true);
    });

    it('changes nothing the second time', async () => {
      const before = token.keys.length;
      expect(await token.importKeyPair(recording.pair, soon())).toEqual({ key, created: false });
      expect(token.keys.length).toBe(before);
    });

    it('adds a certificate to a key that is there, under its own label', async () => {
      const renewed = await pairOf('9350/renewed', recording.privateKey, recording.publicKey);
      const { key: second, created } = await token.importKeyPair(renewed, soon());
      expect([created, second.label, second.id]).toEqual([false, '9350/renewed', key.id]);
      const { issuer, serialNumber } = renewed;
      const [found] = find({ type: 'issuer-and-serial-number', issuer, serialNumber });
      expect(found?.label).toBe('9350/renewed');
    });

    it('refuses what cannot be used, saying why, and leaves nothing behind', async () => {
      const before = token.keys.length;
      const [other, small] = await Promise.all([recordingKey('x/other'), recordingKey('x/small', 1024)]);
      const refusals = [
        [{ ...recording.pair, pkcs8: other.pair.pkcs8 }, 'does not belong'],
        [small.pair, '1024 bits'],
        [{ ...recording.pair, pkcs8: Buffer.from('30030201', 'hex') }, 'PKCS#8'],
        [{ ...recording.pair, label: '9350/again' }, 'another name: "first"'],
        [{ ...other.pair, label: '9350/first' }, 'another key of this name'],
      ] as const;
      for (const [pair, reason] of refusals) {
        await expect(token.importKeyPair(pair, soon())).rejects.toThrow(reason);
        expect(await failureOf(token.importKeyPair(pair, soon()))).toBe('refused');
      }
      await token.refreshKeys(soon());
      expect(token.keys.length).toBe(before);
    });

    it('is not disturbed by objects of others', async () => {
      const foreign = [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
        { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
        { type: pkcs11.CKA_TOKEN, value: true },
        { type: pkcs11.CKA_ID, value: key.id },
        { type: pkcs11.CKA_SUBJECT, value: Buffer.of(0x30, 0) },
        { type: pkcs11.CKA_VALUE, value: Buffer.from('no certificate') },
      ];
      const before = token.keys;
      const object = asStranger(session => stranger.C_CreateObject(session, foreign));
      await token.refreshKeys(soon());
      expect(token.keys).toEqual(before);
      asStranger(session => stranger.C_DestroyObject(session, object));
    });
  });

  describe('unwrapping', () => {
    it('opens 200 session keys at once over 4 sessions', async () => {
      const messages = Array.from({ length: 200 }, () => randomBytes(32));
      const opened = await Promise.all(messages.map(message => unwrap(pkcs1Encrypt(recording, message))));
      expect(opened.every((one, index) => one.equals(messages[index] ?? Buffer.alloc(0)))).toBe(true);
      expect(token.sessions).toEqual({ size: 4, inUse: 0, queued: 0 });
      expect(waits.length).toBeGreaterThanOrEqual(200);
    });

    it.each([16, 24, 32])('opens session keys of %i bytes', async length => {
      const message = randomBytes(length);
      expect(await unwrap(pkcs1Encrypt(recording, message), length)).toEqual(message);
    });

    it.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
      'opens RSAES-OAEP with %s and a label',
      async hash => {
        const [message, label] = [randomBytes(32), Buffer.from('a label')];
        const encryptedKey = publicEncrypt({ key: recording.publicKey, oaepHash: hash, oaepLabel: label }, message);
        const scheme = { scheme: 'rsaes-oaep', hash, mgfHash: hash, label } as const;
        const request = { encryptedKey, sessionKeyLength: 32, signal: soon() };
        expect(await token.unwrapSessionKey(key, { ...request, scheme })).toEqual(message);
        const otherLabel = { ...scheme, label: Buffer.from('another') };
        const rejected = await token.unwrapSessionKey(key, { ...request, scheme: otherLabel });
        expect(rejected.length).toBe(32);
        expect(rejected).not.toEqual(message);
      },
    );

    it('opens what a writer sent without its leading zero', async () => {
      const message = randomBytes(16);
      let encrypted = pkcs1Encrypt(recording, message);
      while (encrypted[0] !== 0) encrypted = pkcs1Encrypt(recording, message);
      expect(await unwrap(encrypted.subarray(1), 16)).toEqual(message);
    });

    it.each([
      ['a changed bit', (good: Buffer) => Buffer.from(good.map((byte, index) => (index === 100 ? byte ^ 1 : byte)))],
      ['random bytes', (good: Buffer) => Buffer.concat([Buffer.of(0), randomBytes(good.length - 1)])],
      ['zero', (good: Buffer) => Buffer.alloc(good.length)],
      ['one', (good: Buffer) => Buffer.concat([Buffer.alloc(good.length - 1), Buffer.of(1)])],
      ['a number not below the modulus', (good: Buffer) => Buffer.alloc(good.length, 0xff)],
      ['too many bytes', (good: Buffer) => Buffer.concat([good, Buffer.of(0)])],
      ['one byte', () => Buffer.of(7)],
      ['no byte', () => Buffer.alloc(0)],
    ])('answers %s with a key of the right length, always the same one', async (_, spoil) => {
      const bad = spoil(pkcs1Encrypt(recording, randomBytes(32)));
      const [first, second] = [await unwrap(bad), await unwrap(bad)];
      expect(first.length).toBe(32);
      expect(first.equals(second)).toBe(true);
      expect(token.state.kind).toBe('open');
    });

    it('answers a good block of another length of key in the same way', async () => {
      const rejected = await unwrap(pkcs1Encrypt(recording, randomBytes(16)), 32);
      expect(rejected.length).toBe(32);
    });

    it('answers different bad ciphertexts with unrelated keys', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, async () =>
          (await unwrap(Buffer.concat([Buffer.of(0), randomBytes(255)]))).toString('hex'),
        ),
      );
      expect(new Set(answers).size).toBe(50);
    });

    it('rejects alike after a restart, without anything stored', async () => {
      const bad = Buffer.concat([Buffer.of(0), randomBytes(255)]);
      const before = await unwrap(bad);
      token.close();
      await token.closed;
      token = Token.open(options);
      expect(await unwrap(bad)).toEqual(before);
    });

    it('refuses an impossible length of key and a key that is not there', async () => {
      expect(await failureOf(unwrap(Buffer.alloc(256), 0))).toBe('refused');
      expect(await failureOf(unwrap(Buffer.alloc(256), 65))).toBe('refused');
      const gone = { id: randomBytes(20) };
      const request = { scheme: pkcs1, encryptedKey: Buffer.alloc(256), sessionKeyLength: 32, signal: soon() };
      expect(await failureOf(token.unwrapSessionKey(gone, request))).toBe('not-found');
    });
  });

  describe('paddings judged in the token', () => {
    let padded: Token;
    beforeAll(() => {
      padded = Token.open({ ...options, paddings: 'in-token' });
    });
    afterAll(async () => {
      padded.close();
      await padded.closed;
    });
    const unwrapThere = (encryptedKey: Buffer): Promise<Buffer> =>
      padded.unwrapSessionKey(key, { scheme: pkcs1, encryptedKey, sessionKeyLength: 32, signal: soon() });

    it('opens good blocks and answers bad ones with a key, however the token calls them', async () => {
      const message = randomBytes(32);
      const good = pkcs1Encrypt(recording, message);
      expect(await unwrapThere(good)).toEqual(message);
      for (let attempt = 0; attempt < 5; attempt++) {
        const bad = Buffer.concat([Buffer.of(0), randomBytes(255)]);
        const [first, second] = [await unwrapThere(bad), await unwrapThere(bad)];
        expect([first.length, first.equals(second)]).toEqual([32, true]);
      }
      expect((await unwrapThere(pkcs1Encrypt(recording, randomBytes(16)))).length).toBe(32);
      expect(await unwrapThere(good)).toEqual(message);
      expect(padded.state.kind).toBe('open');
    });

    it('rejects alike in every vault and after a restart', async () => {
      const bad = Buffer.concat([Buffer.of(0), randomBytes(255)]);
      const before = await unwrapThere(bad);
      padded.close();
      await padded.closed;
      padded = Token.open({ ...options, paddings: 'in-token' });
      const other = Token.open({ ...options, paddings: 'in-token' });
      try {
        const request = { scheme: pkcs1, encryptedKey: bad, sessionKeyLength: 32, signal: soon() };
        expect([await unwrapThere(bad), await other.unwrapSessionKey(key, request)]).toEqual([before, before]);
      } finally {
        other.close();
        await other.closed;
      }
    });

    it('opens RSAES-OAEP with SHA-1 and says that it cannot do what the token does not know', async () => {
      const message = randomBytes(32);
      const encryptedKey = publicEncrypt(recording.publicKey, message);
      const label = Buffer.alloc(0);
      const request = { encryptedKey, sessionKeyLength: 32, signal: soon() };
      const scheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label } as const;
      expect(await padded.unwrapSessionKey(key, { ...request, scheme })).toEqual(message);
      const unknown = { ...scheme, hash: 'sha256', mgfHash: 'sha256' } as const;
      expect(await failureOf(padded.unwrapSessionKey(key, { ...request, scheme: unknown }))).toBe('unsupported');
    });

    it('says that labels are ignored, instead of answering good blocks as bad ones', async () => {
      const label = Buffer.from('of the envelope');
      const scheme = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label } as const;
      const encryptedKey = publicEncrypt({ key: recording.publicKey, oaepLabel: label }, randomBytes(32));
      const request = { scheme, encryptedKey, sessionKeyLength: 32, signal: soon() };
      expect(await failureOf(padded.unwrapSessionKey(key, request))).toBe('unsupported');
      expect(await unwrapThere(pkcs1Encrypt(recording, randomBytes(32)))).toHaveLength(32);
    });

    it('opens messages at their own length', async () => {
      for (const length of [0, 1, 24, 100]) {
        const encryptedKey = pkcs1Encrypt(recording, randomBytes(length));
        const request = { scheme: pkcs1, encryptedKey, sessionKeyLength: 'own', signal: soon() } as const;
        expect(await padded.unwrapSessionKey(key, request)).toHaveLength(length);
      }
    });
  });

  describe('keys of its own', () => {
    it('makes one that signs, decrypts and takes its certificate later', async () => {
      const made = await token.generateKeyPair({ modulusBits: 2048, label: '9350/own', sign: true }, soon());
      expect([made.label, made.certificate]).toEqual(['9350/own', undefined]);
      const publicKey = rsaPublicKey(made.modulus, made.publicExponent);
      const data = Buffer.from('a certificate request');
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        const signature = await token.sign(made, hash, data, soon());
        expect(verify(hash, data, publicKey, signature)).toBe(true);
      }
      const message = randomBytes(32);
      const encryptedKey = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
      const request = { scheme: pkcs1, encryptedKey, sessionKeyLength: 32, signal: soon() };
      expect(await token.unwrapSessionKey(made, request)).toEqual(message);
      const read = (): unknown =>
        asStranger(session =>
          stranger.C_GetAttributeValue(session, made.handle, [{ type: pkcs11.CKA_PRIVATE_EXPONENT }]),
        );
      expect(read).toThrow('CKR_ATTRIBUTE_SENSITIVE');
      const other = await recordingKey('9350/own');
      expect(await failureOf(token.addCertificate({ ...other.pair, keyIdentifier: made.id }, soon()))).toBe('refused');
      const pair = await pairOf('9350/own', other.privateKey, publicKey);
      const certified = await token.addCertificate(pair, soon());
      expect([certified.id, certified.certificate]).toEqual([made.id, pair.certificateDer]);
      await token.removeKey(labelled(made), soon());
      expect(token.keys.some(({ id }) => id.equals(made.id))).toBe(false);
      expect(await failureOf(token.removeKey(labelled(made), soon()))).toBe('not-found');
    });

    it('does not hold up playback meanwhile', async () => {
      const finished: string[] = [];
      const making = token.generateKeyPair({ modulusBits: 3072, label: 'x/slow', sign: false }, soon());
      const made = making.then(one => (finished.push('key'), one));
      const encrypted = pkcs1Encrypt(recording, randomBytes(32));
      await Promise.all(Array.from({ length: 8 }, () => unwrap(encrypted).then(() => finished.push('playback'))));
      const slow = await made;
      expect(finished.at(-1)).toBe('key');
      await token.removeKey(labelled(slow), soon());
    });

    it('does not sign with an imported key', async () => {
      expect(await failureOf(token.sign(key, 'sha256', Buffer.of(1), soon()))).toBe('refused');
    });
  });

  describe('notes', () => {
    /** What tests of paddings in the token have left there. */
    const withoutSecret = ({ notes }: Token) => notes.filter(({ name }) => name !== 'rejection-secret');
    const note = { name: 'disabled/9350/0a', content: Buffer.from('{"by":"alice"}') };

    it('lie beside the keys: whoever opens the token reads them, and the first one of a name stays', async () => {
      await token.writeNote(note, soon());
      await token.writeNote({ ...note, content: Buffer.from('{}') }, soon());
      expect(withoutSecret(token)).toEqual([note]);
      const later = Token.open(options);
      expect(withoutSecret(later)).toEqual([note]);
      await later.removeNote(note.name, soon());
      await later.removeNote(note.name, soon());
      later.close();
      await later.closed;
      await token.refreshNotes(soon());
      expect(withoutSecret(token)).toEqual([]);
    });

    it('of other programs are not ours, and ours are for those with the PIN alone', async () => {
      await token.writeNote(note, soon());
      const template = [
        { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_DATA },
        { type: pkcs11.CKA_APPLICATION, value: 'another' },
        { type: pkcs11.CKA_LABEL, value: 'foreign' },
        { type: pkcs11.CKA_VALUE, value: Buffer.of(1) },
      ];
      asStranger(session => {
        stranger.C_CreateObject(session, template);
        stranger.C_FindObjectsInit(session, [{ type: pkcs11.CKA_LABEL, value: note.name }]);
        const [object] = stranger.C_FindObjects(session, 1);
        stranger.C_FindObjectsFinal(session);
        expect(stranger.C_GetAttributeValue(session, object!, [{ type: pkcs11.CKA_PRIVATE }])[0]?.value).toEqual(
          Buffer.of(1),
        );
      });
      await token.refreshNotes(soon());
      expect(withoutSecret(token)).toEqual([note]);
      await token.removeNote(note.name, soon());
    });
  });

  describe('bounds', () => {
    it('turns away who finds the queue full, and gives up who waits too long', async () => {
      const narrow = Token.open({ ...options, sessions: 1, queueLimit: 2 });
      const encryptedKey = pkcs1Encrypt(recording, randomBytes(32));
      const start = (signal: AbortSignal): Promise<Buffer> =>
        narrow.unwrapSessionKey(key, { scheme: pkcs1, encryptedKey, sessionKeyLength: 32, signal });
      const impatient = new AbortController();
      const outcomes = [soon(), soon(), impatient.signal, soon()].map(signal => failureOf(start(signal)));
      impatient.abort();
      expect(await Promise.all(outcomes)).toEqual(['none', 'none', 'busy', 'busy']);
      expect(await failureOf(start(AbortSignal.abort()))).toBe('busy');
      expect(narrow.sessions).toEqual({ size: 1, inUse: 0, queued: 0 });
      narrow.close();
      await narrow.closed;
    });
  });

  describe('faults', () => {
    it('opens another session for one that the token closed', async () => {
      const message = randomBytes(32);
      await Promise.all(Array.from({ length: 20 }, () => unwrap(pkcs1Encrypt(recording, message))));
      stranger.C_CloseAllSessions(strangersSlot());
      const opened = await Promise.all(Array.from({ length: 20 }, () => unwrap(pkcs1Encrypt(recording, message))));
      expect(opened.every(one => one.equals(message))).toBe(true);
      expect(token.state.kind).toBe('open');
    });

    it('logs in again when the token has forgotten the login', async () => {
      const message = randomBytes(32);
      asStranger(session => stranger.C_Logout(session));
      expect(await unwrap(pkcs1Encrypt(recording, message))).toEqual(message);
      expect(token.state.kind).toBe('open');
    });

    it('finds the new handle of a key that was removed and imported again behind its back', async () => {
      const other = Token.open(options);
      await other.removeKey(labelled(key), soon());
      await other.importKeyPair(recording.pair, soon());
      other.close();
      await other.closed;
      const message = randomBytes(32);
      expect(await unwrap(pkcs1Encrypt(recording, message))).toEqual(message);
    });

    it('says at once that the token is away, and comes back with it', async () => {
      const message = randomBytes(32);
      const encrypted = pkcs1Encrypt(recording, message);
      softHsm.takeOut();
      const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(unwrap(encrypted))));
      expect(new Set(failures)).toEqual(new Set(['unavailable']));
      expect(token.state.kind).toBe('lost');
      expect(token.description).toBeUndefined();
      const refusal = await unwrap(encrypted).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'TOKEN_UNAVAILABLE', failure: 'unavailable' });
      expect((refusal as TokenError).retryAfterMs).toBeGreaterThan(0);
      await delay(600);
      expect(token.state.kind).toBe('lost');
      softHsm.putBack();
      await until(() => token.state.kind === 'open');
      expect(await unwrap(encrypted)).toEqual(message);
      expect(states.map(({ kind }) => kind).slice(-2)).toEqual(['lost', 'open']);
    });

    it('does not take a token that is away for one without keys', async () => {
      softHsm.takeOut();
      expect(await failureOf(token.refreshKeys(soon()))).toBe('unavailable');
      expect(token.state.kind).toBe('lost');
      softHsm.putBack();
      await until(() => token.state.kind === 'open');
      expect(token.keys.some(({ id }) => id.equals(key.id))).toBe(true);
    });

    it('tries a wrong PIN once and keeps it out of what it throws', () => {
      expect.assertions(4);
      try {
        Token.open({ ...options, uri: secondUri, pin: '98765432' });
      } catch (error) {
        const text = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack);
        expect(error).toMatchObject({ failure: 'pin', code: 'TOKEN_PIN', ckr: 'CKR_PIN_INCORRECT' });
        expect(text).not.toContain('98765432');
      }
      const info = (): pkcs11.TokenInfo | undefined =>
        stranger
          .C_GetSlotList(true)
          .map(slot => stranger.C_GetTokenInfo(slot))
          .find(({ label }) => label.startsWith('second'));
      expect((info()?.flags ?? 0) & pkcs11.CKF_USER_PIN_LOCKED).toBe(0);
      expect(states.filter(({ kind }) => kind === 'pin-refused')).toEqual([]);
    });

    it('stops at a PIN that was changed while the token was away', async () => {
      const seen: string[] = [];
      const observer = { ...options.observer, stateChanged: ({ kind }: TokenState) => seen.push(kind) };
      const other = Token.open({ ...options, uri: secondUri, observer });
      asStranger(session => stranger.C_SetPIN(session, softHsm.pin, 'changed-pin'), 'second');
      softHsm.takeOut();
      const encrypted = pkcs1Encrypt(recording, randomBytes(32));
      expect(await failureOf(other.importKeyPair(recording.pair, soon()))).toBe('unavailable');
      expect(await failureOf(unwrap(encrypted))).toBe('unavailable');
      softHsm.putBack();
      await until(() => other.state.kind === 'pin-refused' && token.state.kind === 'open');
      await delay(600);
      expect(seen).toEqual(['open', 'lost', 'pin-refused']);
      expect(await failureOf(other.refreshKeys(soon()))).toBe('unavailable');
      expect((await unwrap(encrypted)).length).toBe(32);
      other.close();
      await other.closed;
    });

    it('gives up a call that takes too long, says that the token hangs, and goes on when it has returned', async () => {
      const large = await recordingKey('x/large', 4096);
      await token.importKeyPair(large.pair, soon());
      const seen: string[] = [];
      const observer = { ...options.observer, stateChanged: ({ kind }: TokenState) => seen.push(kind) };
      const impatient = Token.open({ ...options, operationTimeoutMs: 1, observer });
      const encryptedKey = pkcs1Encrypt(large, randomBytes(32));
      const request = { scheme: pkcs1, encryptedKey, sessionKeyLength: 32, signal: soon() };
      const ask = () => impatient.unwrapSessionKey({ id: large.pair.keyIdentifier }, request);
      // An event loop that is held up itself may find the answer before it finds that it came late.
      let refusal: unknown;
      while (refusal === undefined) {
        await ask().catch((error: unknown) => {
          refusal = error;
        });
      }
      expect(refusal).toMatchObject({ failure: 'unavailable', message: expect.stringMatching(/hangs/) as string });
      expect(impatient.state.kind).toBe('hung');
      await until(() => impatient.state.kind === 'open');
      expect(seen).toEqual(['open', 'hung', 'open']);
      impatient.close();
      await impatient.closed;
      expect((await unwrap(pkcs1Encrypt(recording, randomBytes(32)))).length).toBe(32);
    });

    it('asks for more when two tokens match', () => {
      const twin = { ...options, uri: options.uri.replace('recordings', 'twin') };
      expect(() => Token.open(twin)).toThrow(/several tokens match "twin".*serial/);
    });

    it('names a token that is not there and a module that cannot be loaded', () => {
      const missing = { ...options, uri: options.uri.replace('recordings', 'nowhere') };
      expect(() => Token.open(missing)).toThrow('no slot holds the token "nowhere"');
      const unloadable = { ...options, uri: 'pkcs11:token=a?module-path=/nonexistent.so' };
      expect(() => Token.open(unloadable)).toThrow('check module-path');
    });
  });
});
