import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { receiverGoneSignal } from '#platform';

/** What of Fastify's reply a playback needs. */
export interface PlayerReply {
  readonly raw: ServerResponse;
  /** Header fields that every answer of the gateway carries. */
  getHeaders(): Readonly<Record<string, OutgoingHttpHeader | undefined>>;
  /** From now on the framework leaves the response alone. */
  hijack(): unknown;
}

/** The response to a player: knows when the player has left, and whether anything was sent yet. */
export class PlayerConnection {
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  /** When the playback began, nanoseconds of the monotonic clock. */
  readonly openedAt = process.hrtime.bigint();
  private sentBytes = 0;
  private begun: { readonly first: number; readonly length: number } | undefined;

  constructor(private readonly reply: PlayerReply) {
    const response = reply.raw;
    this.response = response;
    this.signal = receiverGoneSignal(response, 'the player');
  }

  get bytesSent(): number {
    return this.sentBytes;
  }

  /** What was sent of the whole, as Content-Range says it; undefined for nothing, and for several ranges. */
  get contentRange(): string | undefined {
    if (this.begun === undefined || this.sentBytes === 0) return undefined;
    const { first, length } = this.begun;
    return `bytes ${first}-${first + this.sentBytes - 1}/${length}`;
  }

  get started(): boolean {
    return this.response.headersSent;
  }

  /** Writes the head, with the header fields that every answer of the gateway carries unless this one has its own. */
  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    const common = this.reply.getHeaders();
    this.reply.hijack();
    this.begun = begunBody(status, headers);
    // Whoever sends the body has a time-out of its own, which hears of more than that of the connection.
    this.response.on('timeout', goOn);
    this.response.writeHead(status, { ...common, ...headers });
  }

  count(bytes: number): void {
    this.sentBytes += bytes;
  }

  /** Ends the connection without a proper end of the body, so that the player sees a failure, never a short success. */
  abort(): void {
    this.response.destroy();
  }
}

/** A connection that is silent for too long is closed, unless somebody listens. */
function goOn(): void {
  return;
}

/** Where in the whole a body begins; undefined where it is none of one range. */
function begunBody(status: number, headers: OutgoingHttpHeaders) {
  if (status === 200) return { first: 0, length: Number(headers['content-length']) };
  const parts = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '');
  return status === 206 && parts !== null ? { first: Number(parts[1]), length: Number(parts[2]) } : undefined;
}
