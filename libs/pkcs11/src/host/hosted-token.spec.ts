import { execFile } from 'node:child_process';
import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TokenError } from '../errors/token-error.js';
import type { TokenKey } from '../keys/token-key.js';
import { recordingKey, type RecordingKey } from '../testing/recording-key.js';
import { ShimToken } from '../testing/shim-token.js';
import type { TokenState } from '../token-options.js';
import type { HostedTokenOptions } from './host-supervisor.js';
import { HostedToken } from './hosted-token.js';
import { listSlotsOf } from './list-slots.js';

jest.setTimeout(120_000);

const pkcs1 = { scheme: 'rsaes-pkcs1-v1_5' } as const;
const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof TokenError ? error.failure : `foreign: ${String(error)}`),
  );

describe(HostedToken.name, () => {
  const shimToken = new ShimToken();
  const { shim, softHsm } = shimToken;
  const seen: TokenState[] = [];
  const ends: string[] = [];
  const opened: HostedToken[] = [];
  const options: HostedTokenOptions = {
    uri: shimToken.uri,
    pin: softHsm.pin,
    sessions: 4,
    queueLimit: 1000,
    operationTimeoutMs: 10_000,
    openTimeoutMs: 30_000,
    environment: softHsm.environment,
    observer: {
      executed: () => undefined,
      stateChanged: state => seen.push(state),
      processEnded: end => ends.push(end),
    },
  };
  let recording: RecordingKey;
  const message = randomBytes(32);
  let encryptedKey: Buffer;

  const open = async (more: Partial<HostedTokenOptions> = {}): Promise<HostedToken> => {
    const token = await HostedToken.open({ ...options, ...more });
    opened.push(token);
    return token;
  };
  const begin = async (more: Partial<HostedTokenOptions> = {}): Promise<HostedToken> => {
    const token = HostedToken.begin({ ...options, ...more });
    opened.push(token);
    await token.opened;
    return token;
  };
  const unwrap = (token: HostedToken, signal = soon()): Promise<Buffer> => {
    const key = { id: recording.pair.keyIdentifier };
    return token.unwrapSessionKey(key, { scheme: pkcs1, encryptedKey, sessionKeyLength: 32, signal });
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 60_000; !condition() && Date.now() < limit;) await delay(10);
    expect(condition()).toBe(true);
  };

  beforeAll(async () => {
    recording = await recordingKey('9350/first');
    const padding = constants.RSA_PKCS1_PADDING;
    encryptedKey = publicEncrypt({ key: recording.publicKey, padding }, message);
    await (await open()).importKeyPair(recording.pair, soon());
  });
  beforeEach(() => {
    seen.length = 0;
    ends.length = 0;
    shim.countAnew();
  });
  afterEach(async () => {
    shim.play();
    opened.forEach(token => token.close());
    await Promise.all(opened.splice(0).map(({ closed }) => closed));
  });
  afterAll(() => shimToken.remove());

  it('knows what its token is and holds, and does with it what is asked, in another process', async () => {
    const token = await open();
    expect(token.description).toMatchObject({ label: 'recordings', capabilities: { rawRsa: true } });
    expect(token.sessions).toEqual({ size: 4, inUse: 0, queued: 0 });
    const { keyIdentifier, certificateDer } = recording.pair;
    const selector = { type: 'subject-key-identifier', keyIdentifier } as const;
    expect(token.knownKeys(selector)).toMatchObject([{ label: '9350/first', certificate: certificateDer }]);
    expect(token.holds({ id: keyIdentifier })).toBe(true);
    const keys = await Promise.all(Array.from({ length: 50 }, () => unwrap(token)));
    expect(keys.every(key => key.equals(message))).toBe(true);
    const made = await token.generateKeyPair({ modulusBits: 2048, label: '9350/made', sign: true }, soon());
    expect(token.keys.map(({ label }) => label).sort()).toEqual(['9350/first', '9350/made']);
    expect(await token.sign(made, 'sha256', Buffer.of(1), soon())).toHaveLength(256);
    const note = { name: 'a note', content: Buffer.of(7) };
    await token.writeNote(note, soon());
    expect(token.notes).toContainEqual(note);
    await token.removeNote(note.name, soon());
    expect(await token.removeKey({ id: made.id, labels: ['9350/made'] }, soon())).toBe(true);
    expect(await failureOf(token.sign(made, 'sha256', Buffer.of(1), soon()))).toBe('not-found');
    const maps = (pid: number | undefined): string => readFileSync(`/proc/${pid}/maps`, 'utf8');
    expect([maps(process.pid).includes(shim.directory), maps(token.pid).includes(shim.directory)]).toEqual([
      false,
      true,
    ]);
  });

  it('finds what another process imported a moment ago', async () => {
    const [token, other] = [await open(), await open()];
    const { pair } = await recordingKey('x/elsewhere');
    await other.importKeyPair(pair, soon());
    const selector = { type: 'subject-key-identifier', keyIdentifier: pair.keyIdentifier } as const;
    const isWanted = (key: TokenKey): boolean => key.label === 'x/elsewhere';
    expect(await token.findKeys(selector, isWanted, soon())).toHaveLength(1);
    await other.removeKey({ id: pair.keyIdentifier, labels: ['x/elsewhere'] }, soon());
  });

  it('initialises a module again that reads its objects once, where a key is missing', async () => {
    const token = await open({ objectsReadOnce: true });
    const missing = (): Promise<readonly TokenKey[]> => token.findKeysWhere(() => false, soon());
    await missing();
    expect([shim.count('C_Initialize'), token.state.kind]).toEqual([2, 'open']);
    await missing();
    expect(shim.count('C_Initialize')).toBe(2);
    expect(await unwrap(token)).toEqual(message);
  });

  it.each(['C_DecryptInit', 'C_Decrypt', 'C_OpenSession'])(
    'kills the process in which %s stands, and begins another; the event loop goes on',
    async call => {
      const token = await open({ operationTimeoutMs: 1000, sessions: 1 });
      const { pid } = token;
      shim.play(`stall ${call} 60000`);
      const ticks = countTicks();
      const failures = await Promise.all([unwrap(token), unwrap(token)].map(failureOf));
      expect(failures).toEqual(['unavailable', 'unavailable']);
      expect(ticks()).toBeGreaterThan(20);
      await until(() => ends.length > 0);
      expect(ends[0]).toBe('stood');
      expect(seen.map(({ kind }) => kind)).toContain('hung');
      shim.play();
      await until(() => token.state.kind === 'open');
      expect(token.pid).not.toBe(pid);
      expect(await unwrap(token)).toEqual(message);
    },
  );

  it('outlives a module that crashes, says so, and opens the token again', async () => {
    const token = await open();
    shim.play('crash C_Decrypt');
    expect(await failureOf(unwrap(token))).toBe('unavailable');
    shim.play();
    await until(() => token.state.kind === 'open' && ends.length === 1);
    expect(ends).toEqual(['crashed']);
    expect(seen.find(({ kind }) => kind === 'lost')).toMatchObject({
      reason: expect.stringContaining('SIGSEGV') as string,
    });
    expect(await unwrap(token)).toEqual(message);
  });

  it('finds out that its process stands, also where nobody asks for anything', async () => {
    const token = await open({ operationTimeoutMs: 1000 });
    process.kill(token.pid ?? 0, 'SIGSTOP');
    await until(() => !token.answers);
    await until(() => ends.length === 1);
    expect(ends).toEqual(['stood']);
    await until(() => token.state.kind === 'open');
    expect(await unwrap(token)).toEqual(message);
  });

  it('goes on where the system has no room for another process, and begins one when it has', async () => {
    const loader = join(__dirname, '../../../store/src/testing/typescript-loader.cjs');
    const program = join(__dirname, '../testing/without-descriptors.ts');
    const limited = ['-c', 'ulimit -n 100; exec "$@"', 'limited', process.execPath, '--require', loader, program];
    const given = [options.uri, options.pin, JSON.stringify(softHsm.environment)];
    const { stdout } = await promisify(execFile)('/bin/sh', [...limited, ...given], { timeout: 100_000 });
    expect(stdout).toMatch(/^open after .*EMFILE/);
  });

  it('opens one of two tokens of one module again while the other works', async () => {
    const [away, well] = [await open(), await open()];
    process.kill(away.pid ?? 0, 'SIGKILL');
    await until(() => away.state.kind !== 'open');
    expect(await unwrap(well)).toEqual(message);
    await until(() => away.state.kind === 'open');
    expect(await unwrap(away)).toEqual(message);
  });

  it('tries a wrong PIN once, and no new process tries it again', async () => {
    const wrong = await begin({ pin: '98765432' });
    expect(wrong.state).toMatchObject({
      kind: 'pin-refused',
      reason: expect.stringContaining('CKR_PIN_INCORRECT') as string,
    });
    expect(await failureOf(unwrap(wrong))).toBe('unavailable');
    process.kill(wrong.pid ?? 0, 'SIGKILL');
    await until(() => wrong.pid === undefined);
    await delay(1000);
    expect([wrong.pid, wrong.state.kind, shim.count('C_Login')]).toEqual([undefined, 'pin-refused', 1]);
    await expect(open({ pin: '98765432' })).rejects.toMatchObject({ failure: 'pin' });
  });

  it('says what can never work', async () => {
    await expect(open({ uri: 'pkcs11:token=a?module-path=/nonexistent.so' })).rejects.toThrow('check module-path');
    const missing = options.uri.replace('recordings', 'nowhere');
    await expect(open({ uri: missing })).rejects.toThrow('no slot holds the token "nowhere"');
    shim.play('crash C_Initialize');
    await expect(open()).rejects.toThrow('SIGSEGV');
    await expect(listSlotsOf(options.uri, softHsm.environment)).rejects.toThrow('SIGSEGV');
  });

  it('lists the slots of a module', async () => {
    const slots = await listSlotsOf(options.uri, softHsm.environment);
    expect(slots.map(({ label }) => label)).toContain('recordings');
  });

  it('lists them as the module wants to be initialised', async () => {
    shim.play('cant-lock');
    shim.countAnew();
    const module = { initialisation: "configdir='sql:/etc/pki'", serialised: true };
    expect(await listSlotsOf(options.uri, softHsm.environment, module)).not.toEqual([]);
    expect(shim.log()).toContain(`C_Initialize pReserved=${module.initialisation}`);
    expect(shim.count('C_Initialize')).toBe(1);
  });

  it('finishes what runs when it is closed, and leaves no process', async () => {
    const token = await open();
    const { pid } = token;
    const running = failureOf(unwrap(token));
    await delay(50);
    token.close();
    await token.closed;
    expect(['none', 'unavailable']).toContain(await running);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(await failureOf(unwrap(token))).toBe('unavailable');
  });

  it('calls a module that bears one caller without threads, and one that cannot lock', async () => {
    shim.play('one-caller');
    const serialised = await open({ serialised: true });
    shim.play('one-caller', 'cant-lock');
    const cannotLock = await open();
    for (const token of [serialised, cannotLock]) {
      const work = Array.from({ length: 40 }, () => unwrap(token));
      const keys = await Promise.all([...work, token.refreshKeys(soon())]);
      expect(keys.slice(0, 40).every(key => key?.equals(message) === true)).toBe(true);
    }
    expect(ends).toEqual([]);
  });
});

/** How often the event loop came round since. */
function countTicks(): () => number {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  return () => {
    clearInterval(timer);
    return ticks;
  };
}
