import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RcsError } from '#platform';
import type { CertificateChange } from './certificate-change-feed.js';
import { CertificateChangeFeed } from './certificate-change-feed.js';

const maximumStreams = 1000;
const heartbeatMs = 15_000;
/** A console that reads so slowly that this much waits loses its stream and connects again. */
const maximumBufferedBytes = 64 * 1024;

interface Stream {
  readonly contactCenter: string;
  readonly reply: FastifyReply;
}

/** Open consoles that are told of changes (server-sent events, WHATWG HTML 9.2). Nobody has to log in again. */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<Stream>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly unlisten: () => void;

  constructor(feed: CertificateChangeFeed) {
    this.unlisten = feed.listen(change => this.tell(change));
    this.heartbeat = setInterval(
      () => this.streams.forEach(stream => this.write(stream, ': still here\n\n')),
      heartbeatMs,
    );
    this.heartbeat.unref();
  }

  /** @throws RcsError RCS_OVERLOADED */
  open(contactCenter: string, reply: FastifyReply): void {
    if (this.streams.size >= maximumStreams) {
      throw new RcsError('RCS_OVERLOADED', `${maximumStreams} event streams are open`, { retryAfterMs: 5000 });
    }
    const stream = { contactCenter, reply };
    const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8' };
    reply.hijack();
    reply.raw.once('close', () => this.streams.delete(stream));
    reply.raw.on('error', () => this.streams.delete(stream));
    reply.raw.writeHead(200, headers as Record<string, string>);
    this.streams.add(stream);
    this.write(stream, 'retry: 2000\n: listening\n\n');
  }

  /** A stopping server must not wait for consoles; they connect to another gateway. */
  onModuleDestroy(): void {
    clearInterval(this.heartbeat);
    this.unlisten();
    for (const { reply } of this.streams) reply.raw.end();
    this.streams.clear();
  }

  private tell(change: CertificateChange): void {
    const { contactCenter, ...data } = change;
    const text = `event: ${change.kind}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const stream of this.streams) if (stream.contactCenter === contactCenter) this.write(stream, text);
  }

  private write(stream: Stream, text: string): void {
    const { raw } = stream.reply;
    if (raw.writableLength > maximumBufferedBytes) raw.destroy();
    else raw.write(text);
  }
}
