import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { HostedToken, rsaPublicKey, type TokenKey } from '#pkcs11';
import { processCpuMs } from '../process-cpu.js';
import type { Speed, TokenPlace } from './bare-decryptions.js';

/** So many wait for each session: a vault has more callers than sessions, else nobody would need more sessions. */
const callersPerSession = 4;
const distinctEnvelopes = 256;
const operationTimeoutMs = 60_000;

interface Envelope {
  readonly encryptedKey: Buffer;
  readonly sessionKey: Buffer;
}

/** A token as the vault has it, with the process around its module; callers are in this process. */
export class BusyToken {
  private readonly envelopes = new Map<TokenKey, readonly Envelope[]>();

  private constructor(
    private readonly token: HostedToken,
    private readonly sessions: number,
  ) {}

  static async open(
    { modulePath, label, pin, environment }: TokenPlace,
    sessions: number,
    threads: number,
  ): Promise<BusyToken> {
    const uri = `pkcs11:token=${encodeURIComponent(label)}?module-path=${encodeURIComponent(modulePath)}`;
    const observer = { executed: () => undefined, stateChanged: () => undefined, processEnded: () => undefined };
    const times = { operationTimeoutMs, openTimeoutMs: operationTimeoutMs };
    const options = { uri, pin, sessions, threads, queueLimit: 10_000, environment, observer, ...times };
    return new BusyToken(await HostedToken.open(options), sessions);
  }

  /** The key of this label, made when there is none. */
  async key(label: string, modulusBits: number): Promise<TokenKey> {
    const known = this.token.keys.find(key => key.label === label);
    if (known !== undefined) return known;
    return this.token.generateKeyPair(
      { label, modulusBits: modulusBits as 2048, sign: false },
      AbortSignal.timeout(operationTimeoutMs),
    );
  }

  /** Opens so many envelopes, for as many callers as keep all sessions busy. */
  async run(key: TokenKey, count: number): Promise<Speed> {
    const { signal } = new AbortController();
    const envelopes = this.envelopesOf(key);
    let next = 0;
    const call = async (): Promise<void> => {
      while (next < count) {
        const envelope = envelopes[next++ % envelopes.length];
        if (envelope === undefined) throw new Error('there is no envelope');
        const opened = await this.token.unwrapSessionKey(key, {
          scheme: { scheme: 'rsaes-pkcs1-v1_5' },
          encryptedKey: envelope.encryptedKey,
          sessionKeyLength: 32,
          signal,
        });
        if (!opened.equals(envelope.sessionKey)) throw new Error('the token opened something else');
      }
    };
    const began = performance.now();
    const used = this.cpuMs();
    await Promise.all(Array.from({ length: this.sessions * callersPerSession }, call));
    return {
      perSecond: (count / (performance.now() - began)) * 1000,
      cpuMicroseconds: ((this.cpuMs() - used) / count) * 1000,
    };
  }

  async end(): Promise<void> {
    this.token.close();
    await this.token.closed;
  }

  private cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 + processCpuMs(this.token.pid ?? process.pid);
  }

  private envelopesOf(key: TokenKey): readonly Envelope[] {
    const known = this.envelopes.get(key);
    if (known !== undefined) return known;
    const publicKey = { key: rsaPublicKey(key.modulus, key.publicExponent), padding: constants.RSA_PKCS1_PADDING };
    const made = Array.from({ length: distinctEnvelopes }, () => {
      const sessionKey = randomBytes(32);
      return { sessionKey, encryptedKey: publicEncrypt(publicKey, sessionKey) };
    });
    this.envelopes.set(key, made);
    return made;
  }
}
