import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { MessageSigner, MessageVerifier } from '#grants';
import { describeError, LiveIdentity, redisSubscriber, type Logger, type RedisConnection } from '#platform';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, REDIS } from '../dependencies/injection-tokens.js';
import type { Administrator } from '../access/certificate-administrator.js';
import { RecordSeals, type SealedRecords } from '../redis/sealed-records.js';

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

const messageSchema = certificateChangeSchema.extend({ from: z.string() });

export type CertificateChange = Readonly<z.output<typeof certificateChangeSchema>>;

type Listener = (change: CertificateChange) => void;

const messageType = 'rcs-certificate-change+jws';
const sealedChannel = 'events:certificates';
/** As long as its signature counts at most. */
const lifetimeMs = 60_000;

/**
 * Carries changes between gateways over Redis. Nobody's list depends on it: every list is read from the store. It makes
 * other gateways forget what they remember, and open consoles look again. Redis is not trusted: a change is signed by the
 * gateway that tells it and sealed for the others.
 */
@Injectable()
export class CertificateChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private readonly subscriber: RedisConnection;
  private readonly channel: string;
  /** By which this gateway knows its own messages. */
  private readonly origin = randomUUID();
  private readonly signer: MessageSigner;
  private readonly verifier: MessageVerifier;
  private readonly seals: SealedRecords;

  constructor(
    @Inject(REDIS) private readonly publisher: RedisConnection,
    @Inject(CONFIGURATION) { redis }: Pick<GatewayConfiguration, 'redis'>,
    @Inject(LOGGER) private readonly logger: Logger,
    identity: LiveIdentity,
    seals: RecordSeals,
  ) {
    this.channel = `${redis.keyPrefix}${sealedChannel}`;
    this.signer = new MessageSigner(identity, messageType);
    this.verifier = new MessageVerifier(identity, 'playback-gateway', messageType);
    this.seals = seals.for('certificate changes');
    this.subscriber = redisSubscriber(publisher);
    this.subscriber.on('error', (error: Error) => this.warn(error));
    this.subscriber.on('message', (_channel: string, text: string) => {
      try {
        this.deliver(text);
      } catch (error) {
        this.logger.warn({ error: describeError(error) }, 'a message on the feed of certificate changes was refused');
      }
    });
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
    this.publish(change).catch((error: unknown) => {
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

  private async publish(change: CertificateChange): Promise<void> {
    const signed = this.signer.sign({ ...change, from: this.origin });
    await this.publisher.publish(this.channel, this.seals.seal(sealedChannel, signed, Date.now() + lifetimeMs));
  }

  private deliver(text: string): void {
    const opened = this.seals.open(sealedChannel, text);
    if (opened === undefined) return;
    const message = messageSchema.parse(this.verifier.read(z.string().parse(opened.content)));
    const { from, ...change } = message;
    if (from !== this.origin) this.notify(change);
  }

  private notify(change: CertificateChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
