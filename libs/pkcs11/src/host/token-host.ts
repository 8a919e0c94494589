import { toTokenError } from '../errors/token-error.js';
import type { WaitSignal } from '../sessions/wait-signal.js';
import { Token } from '../token.js';
import { crossingError } from './crossing-error.js';
import { deferred } from './deferred.js';
import type { FrameChannel } from './frame-channel.js';
import type {
  ArgumentsOf,
  HostedOptions,
  HostOperation,
  InitialisedModule,
  MessageFromHost,
  MessageToHost,
  ResultOf,
} from './host-messages.js';
import { PublishedView } from './published-view.js';
import { RequestAbort } from './request-abort.js';

/** Between two calls of the module nobody is told more often that it is alive. */
const aliveIntervalMs = 100;

type Handlers = {
  readonly [Name in HostOperation]: (
    token: Token,
    signal: WaitSignal,
    ...values: ArgumentsOf<Name>
  ) => Promise<ResultOf<Name>>;
};

const handlers: Handlers = {
  unwrapSessionKey: (token, signal, key, encrypted) => token.unwrapSessionKey(key, { ...encrypted, signal }),
  importKeyPair: async (token, signal, pair) => {
    try {
      return await token.importKeyPair(pair, signal);
    } finally {
      pair.pkcs8.fill(0);
    }
  },
  generateKeyPair: (token, signal, request) => token.generateKeyPair(request, signal),
  addCertificate: (token, signal, certificate) => token.addCertificate(certificate, signal),
  sign: (token, signal, key, hash, data) => token.sign(key, hash, data, signal),
  removeKey: (token, signal, removal) => token.removeKey(removal, signal),
  refreshKeys: (token, signal) => token.refreshKeys(signal),
  refreshNotes: (token, signal) => token.refreshNotes(signal),
  writeNote: (token, signal, note) => token.writeNote(note, signal),
  removeNote: (token, signal, name) => token.removeNote(name, signal),
  renew: token => token.renew(),
};

/** One token in this process, for another process at the other end of a channel. */
export class TokenHost {
  private token: Token | undefined;
  private readonly view = new PublishedView();
  private readonly running = new Map<number, RequestAbort>();
  private readonly quiet = deferred();
  private closing = false;
  private executed: number[] = [];
  private aliveAt = 0;

  /** @param ended called when there is nothing left to do. */
  constructor(
    private readonly channel: FrameChannel<MessageFromHost, MessageToHost>,
    private readonly ended: () => void,
  ) {}

  take(message: MessageToHost): void {
    switch (message.kind) {
      case 'open':
        return this.open(message.options);
      case 'list-slots':
        return void this.listSlots(message.uri, message.module);
      case 'request':
        return this.begin(message.id, message.name, message.arguments);
      case 'abort':
        return this.running.get(message.id)?.abort();
      case 'ping':
        return this.channel.send({ kind: 'alive' });
      case 'close':
        return void this.close();
    }
  }

  /** Resolves when no call of the module runs any more, unless one hangs. */
  async close(): Promise<void> {
    this.token?.close();
    await this.token?.closed;
    this.closing = true;
    if (this.running.size > 0) await this.quiet.promise;
    this.channel.end(this.ended);
  }

  private open(options: HostedOptions): void {
    const observer = {
      waited: () => undefined,
      executed: (seconds: number) => void this.executed.push(seconds),
      stateChanged: () => void setImmediate(() => this.publish()),
    };
    const progress = {
      called: () => this.sayAlive(),
      longCall: (timeoutMs: number) => {
        if (timeoutMs > options.operationTimeoutMs) this.channel.sendAtOnce({ kind: 'long-call', timeoutMs });
      },
    };
    try {
      this.token = Token.openOrWait({ ...options, observer }, progress);
      this.publish();
      this.channel.send({ kind: 'opened' });
    } catch (error) {
      this.fail(error, 'opening the token');
    }
  }

  private async listSlots(uri: string, module: InitialisedModule): Promise<void> {
    try {
      this.channel.send({ kind: 'slots', slots: await Token.slots(uri, module) });
    } catch (error) {
      this.fail(error, 'listing the slots');
    }
  }

  private fail(error: unknown, what: string): void {
    this.channel.send({ kind: 'failed', error: crossingError(error, what) });
  }

  private begin(id: number, name: HostOperation, values: unknown[]): void {
    const signal = new RequestAbort();
    this.running.set(id, signal);
    this.run(name, signal, values).then(
      value => {
        this.publish();
        this.channel.send({ kind: 'result', id, value, executed: this.takeExecuted() });
        if (Buffer.isBuffer(value)) value.fill(0);
        this.finish(id);
      },
      (error: unknown) => {
        this.publish();
        this.channel.send({ kind: 'failure', id, error: crossingError(error, name), executed: this.takeExecuted() });
        this.finish(id);
      },
    );
  }

  private finish(id: number): void {
    this.running.delete(id);
    if (this.closing && this.running.size === 0) this.quiet.resolve();
  }

  private async run(name: HostOperation, signal: WaitSignal, values: unknown[]): Promise<unknown> {
    if (this.token === undefined) throw toTokenError(new Error('no token was opened'), name);
    const handler = handlers[name] as (token: Token, signal: WaitSignal, ...values: unknown[]) => Promise<unknown>;
    return handler(this.token, signal, ...values);
  }

  private publish(): void {
    const change = this.token === undefined ? undefined : this.view.changeOf(this.token);
    if (change !== undefined) this.channel.send({ kind: 'view', change });
  }

  private takeExecuted(): number[] {
    const { executed } = this;
    this.executed = [];
    return executed;
  }

  private sayAlive(): void {
    const now = performance.now();
    if (now - this.aliveAt < aliveIntervalMs) return;
    this.aliveAt = now;
    this.channel.sendAtOnce({ kind: 'alive' });
  }
}
