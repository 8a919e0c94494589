import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RcsError, toProblemDetails } from '#platform';
import type { AssignmentTarget } from '#store';
import { RecipientWatch } from './recipient-watch.js';
import type { RecipientState } from './watched-target.js';

export interface StreamRequest {
  /** Whose stream it is. */
  readonly account: string;
  readonly contactCenter: string;
  readonly target: AssignmentTarget;
  /** What the client has, as it says (WHATWG HTML 9.2.4). */
  readonly lastEventId: string | undefined;
}

const maximumStreams = 1000;
/** Of one account, so that one that has run wild leaves room for others. */
export const maximumStreamsOfAccount = 500;
/** How long clients may trust what they were told, from when they were told. */
const trustMs = 1000;
/**
 * A stream ends after a minute, and its client comes again with its credentials: an account that was closed, and a
 * client that is gone without a word, keep none for longer.
 */
const lifetimeMs = 60_000;
/** A client that leaves this much unread is told nothing more; when it stays so, it loses its stream. */
const maximumBufferedBytes = 64 * 1024;
const longestStandstillMs = 3000;
const firstWordMs = 10_000;

/** Recorders that are told whom recordings are encrypted for, as it changes (server-sent events, WHATWG HTML 9.2). */
@Injectable()
export class RecipientStreams implements OnModuleDestroy {
  private readonly streams = new Set<RecipientStream>();
  private readonly ofAccount = new Map<string, number>();

  constructor(private readonly watch: RecipientWatch) {}

  /**
   * Answers with a stream as soon as it is known what comes first.
   * @throws RcsError RCS_OVERLOADED, RCS_STORE_UNAVAILABLE, and what is wrong with the recipients when it begins.
   */
  async open({ account, contactCenter, target, lastEventId }: StreamRequest, reply: FastifyReply): Promise<void> {
    const release = this.admit(account);
    const stream = new RecipientStream(reply, lastEventId);
    this.streams.add(stream);
    const unfollow = this.watch.follow(contactCenter, target, state => stream.tell(state));
    reply.raw.once('close', () => {
      this.streams.delete(stream);
      unfollow();
      release();
      stream.close();
    });
    await stream.begun;
  }

  /** A stopping server must not wait for recorders; they connect to another gateway. */
  onModuleDestroy(): void {
    for (const stream of this.streams) stream.end();
  }

  private admit(account: string): () => void {
    const own = this.ofAccount.get(account) ?? 0;
    if (this.streams.size >= maximumStreams || own >= maximumStreamsOfAccount) {
      const message = `${this.streams.size} streams of recipients are open, ${own} of ${account}`;
      throw new RcsError('RCS_OVERLOADED', message, { retryAfterMs: 5000 });
    }
    this.ofAccount.set(account, own + 1);
    return () => {
      const left = (this.ofAccount.get(account) ?? 1) - 1;
      if (left > 0) this.ofAccount.set(account, left);
      else this.ofAccount.delete(account);
    };
  }
}

/** One recorder's stream; its head is written with its first event. */
class RecipientStream {
  /** Rejects with what is wrong at the beginning: it is then an answer like any other. */
  readonly begun: Promise<void>;
  private settle!: { readonly resolve: () => void; readonly reject: (error: RcsError) => void };
  private readonly timers: NodeJS.Timeout[] = [];
  private told: string | undefined;
  private standingSince: number | undefined;
  private isOpen = false;
  private isOver = false;

  constructor(
    private readonly reply: FastifyReply,
    lastEventId: string | undefined,
  ) {
    this.told = lastEventId;
    this.begun = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    const late = new RcsError('RCS_STORE_UNAVAILABLE', 'it cannot be found out whom recordings are encrypted for');
    this.after(firstWordMs, () => this.refuse(late));
  }

  tell(state: RecipientState): void {
    if (this.isOver) return;
    if (!this.isOpen && state.kind === 'unavailable') return this.refuse(state.error);
    if (!this.isOpen) this.open();
    this.write(state.kind === 'recipients' ? this.recipientsEvent(state) : this.unavailableEvent(state));
  }

  end(): void {
    this.isOver = true;
    if (this.isOpen) this.reply.raw.end();
    else this.settle.reject(new RcsError('RCS_SHUTTING_DOWN'));
  }

  close(): void {
    this.isOver = true;
    this.timers.forEach(timer => clearTimeout(timer));
    this.settle.resolve();
  }

  private open(): void {
    const { reply } = this;
    // The deadline of all answers may have answered meanwhile.
    if (reply.sent || reply.raw.headersSent || reply.raw.destroyed) return this.close();
    const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8' };
    reply.hijack();
    reply.raw.on('error', () => reply.raw.destroy());
    reply.raw.writeHead(200, headers as Record<string, string>);
    this.isOpen = true;
    this.after(lifetimeMs, () => this.end());
    this.settle.resolve();
    this.write('retry: 200\n\n');
  }

  private refuse(error: RcsError): void {
    if (this.isOpen) return;
    this.isOver = true;
    this.settle.reject(error);
  }

  /** The whole list where it is another one than the client has, else that it is still this one. */
  private recipientsEvent({ tag, recipients }: RecipientState & { kind: 'recipients' }): string {
    const isNews = this.told !== tag;
    this.told = tag;
    return isNews ? event('recipients', tag, { ...recipients, trustMs }) : event('current', tag, { trustMs });
  }

  private unavailableEvent({ error }: RecipientState & { kind: 'unavailable' }): string {
    this.told = undefined;
    return event('unavailable', '', toProblemDetails(error));
  }

  private write(text: string): void {
    const { raw } = this.reply;
    if (this.isOver) return;
    if (raw.writableLength <= maximumBufferedBytes) {
      this.standingSince = undefined;
      raw.write(text);
      return;
    }
    // What it misses it is told once it has read what there is.
    this.told = undefined;
    this.standingSince ??= performance.now();
    if (performance.now() - this.standingSince > longestStandstillMs) raw.destroy();
  }

  private after(ms: number, act: () => void): void {
    const timer = setTimeout(act, ms);
    timer.unref();
    this.timers.push(timer);
  }
}

const event = (name: string, id: string, data: object): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
