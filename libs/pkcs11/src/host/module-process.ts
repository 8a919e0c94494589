import type { ChildProcess } from 'node:child_process';
import { TokenError } from '../errors/token-error.js';
import { tokenErrorOf } from './crossing-error.js';
import { FrameChannel } from './frame-channel.js';
import { callerCodec } from './message-codecs.js';
import { spawnHost } from './spawned-host.js';
import type { ArgumentsOf, HostOperation, MessageFromHost, MessageToHost, ResultOf } from './host-messages.js';

/** Why a host ended: by itself, for a module that crashed, say; killed, for a call that stood; because it was told to. */
export type HostEnd = 'crashed' | 'stood' | 'closed';

export interface ModuleProcessOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly threads: number;
  /** How long one call of the module may take now, milliseconds. */
  readonly patienceMs: () => number;
  /** What comes that answers no request. */
  readonly told: (message: MessageFromHost) => void;
  /** Called once; nothing comes afterwards. */
  readonly ended: (end: HostEnd, reason: string) => void;
  /** Seconds that operations took inside the token. */
  readonly executed: (seconds: number) => void;
}

interface Pending {
  readonly signal: AbortSignal;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const tickMs = 100;
/** While nobody waits for a call, it is asked whether it lives only so often: each time wakes two processes. */
const restMs = 500;
/** For the last messages of a process that is gone, should one of its own children keep the channel open. */
const lastMessagesMs = 200;

/**
 * A process with a module in it, seen from outside: it is asked again and again whether it is there, and killed when one
 * call of its module takes too long. What it was asked for fails when it ends, whatever the reason.
 */
export class ModuleProcess {
  private readonly child: ChildProcess | undefined;
  private readonly channel: FrameChannel<MessageToHost, MessageFromHost>;
  private readonly pending = new Map<number, Pending>();
  /** Those of them that the host knows to be given up. */
  private readonly abandoned = new Set<number>();
  private watch: NodeJS.Timeout | undefined;
  private lastId = 0;
  /** Turns of the watch, so that a time in which this process itself stood counts as one. */
  private silentTicks = 0;
  private rests = false;
  private asked = false;
  private longCallMs = 0;
  private end: { readonly kind: HostEnd; readonly reason: string } | undefined;
  private exited = false;
  private channelClosed = false;
  private over = false;

  constructor(private readonly options: ModuleProcessOptions) {
    const { child, channel } = spawnHost(options.environment, options.threads, error =>
      this.settle(`it cannot be started: ${error.message}`),
    );
    this.child = child;
    this.channel = new FrameChannel(
      channel,
      callerCodec,
      message => this.take(message),
      () => this.loseChannel(),
    );
    this.child?.once('exit', (code, signal) => {
      this.end ??= {
        kind: 'crashed',
        reason: `the process of the PKCS#11 module ended (${signal ?? `status ${code}`})`,
      };
      this.exited = true;
      if (this.channelClosed) this.settle();
      else setTimeout(() => this.settle(), lastMessagesMs);
    });
    this.lookAfter(tickMs);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Milliseconds for which it has not answered, roughly. */
  get silentMs(): number {
    return this.silentTicks * tickMs;
  }

  send(message: MessageToHost): void {
    this.channel.send(message);
  }

  /** What nobody waits for any more is taken back within a turn of the watch. @throws TokenError */
  request<Name extends HostOperation>(
    name: Name,
    values: ArgumentsOf<Name>,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>> {
    if (this.over) return Promise.reject(this.gone());
    return new Promise((resolve, reject) => {
      const id = ++this.lastId;
      this.pending.set(id, { signal, resolve: resolve as Pending['resolve'], reject });
      if (this.rests) this.lookAfter(tickMs);
      this.channel.send({ kind: 'request', id, name, arguments: values });
      if (signal.aborted) this.abandon(id);
    });
  }

  /** Ends it from outside. */
  kill(kind: HostEnd, reason: string): void {
    this.end ??= { kind, reason };
    this.child?.kill('SIGKILL');
  }

  private take(message: MessageFromHost): void {
    this.silentTicks = 0;
    this.asked = false;
    this.longCallMs = 0;
    switch (message.kind) {
      case 'alive':
        return;
      case 'long-call':
        this.longCallMs = message.timeoutMs;
        return;
      case 'result':
      case 'failure': {
        message.executed.forEach(this.options.executed);
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (this.abandoned.size > 0) this.abandoned.delete(message.id);
        if (message.kind === 'result') pending?.resolve(message.value);
        else pending?.reject(tokenErrorOf(message.error));
        return;
      }
      default:
        this.options.told(message);
    }
  }

  private lookAfter(ms: number): void {
    clearTimeout(this.watch);
    this.rests = ms > tickMs;
    this.watch = setTimeout(() => {
      this.look();
      if (!this.over) this.lookAfter(this.pending.size === 0 && this.silentTicks === 0 ? restMs : tickMs);
    }, ms).unref();
  }

  private look(): void {
    // A listener for each request would cost more than looking at those that are there.
    for (const [id, { signal }] of this.pending) if (signal.aborted && !this.abandoned.has(id)) this.abandon(id);
    if (!this.asked) {
      this.asked = true;
      this.channel.send({ kind: 'ping' });
      return;
    }
    this.silentTicks++;
    const limitMs = Math.max(tickMs, this.options.patienceMs(), this.longCallMs);
    if (this.silentMs <= limitMs || this.end !== undefined) return;
    this.kill(
      'stood',
      `a call of the PKCS#11 module hangs: it has not returned for ${limitMs} ms; its process was killed`,
    );
  }

  private abandon(id: number): void {
    this.abandoned.add(id);
    this.channel.send({ kind: 'abort', id });
  }

  /** The process is ending, or of no use. */
  private loseChannel(): void {
    this.channelClosed = true;
    if (this.exited) this.settle();
    else this.child?.kill('SIGKILL');
  }

  private settle(reason?: string): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.watch);
    this.end ??= { kind: 'crashed', reason: reason ?? 'the process of the PKCS#11 module ended' };
    const { kind } = this.end;
    for (const { reject } of this.pending.values()) reject(this.gone());
    this.pending.clear();
    this.options.ended(kind, this.end.reason);
  }

  private gone(): TokenError {
    const reason = this.end?.reason ?? 'the process of the PKCS#11 module ended';
    return new TokenError('unavailable', `the token is not available: ${reason}`, { retryAfterMs: 1000 });
  }
}
