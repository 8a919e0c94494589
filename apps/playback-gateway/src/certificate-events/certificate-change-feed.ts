import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { describeError, type Logger } from '#platform';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, REDIS } from '../dependencies/injection-tokens.js';
import type { Administrator } from '../access/certificate-administrator.js';

/** What happened, told to every gateway and to open consoles. Nothing in it is secret within the contact center. */
export const certificateChangeSchema = z.object({
  contactCenter: z.string(),
  kind: z.enum(['certificate', 'assignment', 'rewrap', 'expiry']),
  /** `uploaded`, `deleted`, ... */
  action: z.string(),
  alias: z.string().optional(),
  by: z.string(),
  at: z.string(),
});

export type CertificateChange = Readonly<z.output<typeof certificateChangeSchema>>;

type Listener = (change: CertificateChange) => void;

/**
 * Carries changes between gateways over Redis. Nobody's list depends on it: every list is read from the store. It makes
 * other gateways forget what they remember, and open consoles look again.
 */
@Injectable()
export class CertificateChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private readonly subscriber: Redis;
  private readonly channel: string;
  /** By which this gateway knows its own messages. */
  private readonly origin = randomUUID();

  constructor(
    @Inject(REDIS) private readonly publisher: Redis,
    @Inject(CONFIGURATION) { redis }: Pick<GatewayConfiguration, 'redis'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.channel = `${redis.keyPrefix}events:certificates`;
    this.subscriber = publisher.duplicate({ commandTimeout: undefined, lazyConnect: true });
    this.subscriber.on('error', (error: Error) => this.warn(error));
    this.subscriber.on('message', (_channel, text) => this.deliver(text));
  }

  /** Listens from now on; when Redis is away it begins as soon as Redis is back. */
  onApplicationBootstrap(): void {
    this.subscriber.on('ready', () => {
      this.subscriber.subscribe(this.channel).catch((error: unknown) => this.warn(error));
    });
    this.subscriber.connect().catch((error: unknown) => this.warn(error));
  }

  /** Tells everybody, this gateway first. A feed that cannot be reached is logged: the change itself is stored. */
  announce(
    { contactCenter, name }: Pick<Administrator, 'contactCenter' | 'name'>,
    kind: CertificateChange['kind'],
    action: string,
    alias?: string,
  ): void {
    const change: CertificateChange = {
      contactCenter,
      kind,
      action,
      by: name,
      at: new Date().toISOString(),
      ...(alias === undefined ? {} : { alias }),
    };
    this.notify(change);
    this.publisher.publish(this.channel, JSON.stringify({ ...change, from: this.origin })).catch((error: unknown) => {
      this.logger.warn({ error: describeError(error) }, 'a certificate change could not be announced');
    });
  }

  /** @returns a function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onApplicationShutdown(): void {
    this.listeners.clear();
    this.subscriber.disconnect();
  }

  private warn(error: unknown): void {
    this.logger.warn({ error: describeError(error) }, 'the feed of certificate changes waits for Redis');
  }

  private deliver(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      message = undefined;
    }
    const parsed = certificateChangeSchema.safeParse(message);
    if (!parsed.success) {
      this.logger.warn('a message on the feed of certificate changes is not one of ours');
      return;
    }
    if ((message as { from?: unknown }).from !== this.origin) this.notify(parsed.data);
  }

  private notify(change: CertificateChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
