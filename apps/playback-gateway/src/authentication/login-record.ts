import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { describeError, entriesAtMost, type Logger, type RcsError } from '#platform';
import type { AuditLog, User } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { auditedUser } from '../http/audited-user.js';
import { namedContactCenter, readCredentials, type Credentials } from './credentials.js';

/** Clients that send Basic with every request log in once in this time as far as the audit is concerned. */
const repeatMs = 60_000;
const remembered = 10_000;

/** What a request shows of who sends it, read once. */
export interface PresentedLogin {
  /** undefined where it shows nothing that can be read. */
  readonly credentials: Credentials | undefined;
  /** Names these credentials from this address, under a key of this process: they are not kept. */
  readonly digest: string;
}

/** Writes logins and failed attempts into the audit. */
@Injectable()
export class LoginRecord {
  private readonly recent = new LRUCache<string, true>({ ...entriesAtMost(remembered), ttl: repeatMs });
  private readonly key = createSecretKey(randomBytes(32));

  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws RcsError RCS_AUDIT_UNAVAILABLE when it cannot be written: then nobody gets in. */
  async succeeded(user: User, { digest }: PresentedLogin, request: FastifyRequest): Promise<void> {
    if (this.recent.has(digest)) return;
    await this.write(user, request, 'credentials');
    this.recent.set(digest, true);
  }

  /** A person opened a session. @param detail how @throws RcsError RCS_AUDIT_UNAVAILABLE. */
  async sessionOpened(user: User, request: FastifyRequest, detail = 'session'): Promise<void> {
    await this.write(user, request, detail);
  }

  private async write(user: User, request: FastifyRequest, detail: string): Promise<void> {
    await this.audit.append({
      event: 'login',
      outcome: 'allowed',
      ...auditedUser(user),
      ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
      address: request.ip,
      requestId: request.id,
      detail,
    });
  }

  /** Nobody waits for it: a refusal must not depend on the audit. The contact center is for its administrators to see. */
  failed(
    { credentials, digest }: PresentedLogin,
    request: FastifyRequest,
    contactCenter: string | undefined,
    cause: RcsError,
  ): void {
    this.recent.delete(digest);
    this.audit
      .append({
        event: 'login-failed',
        outcome: 'refused',
        ...(credentials?.scheme === 'basic' ? { user: credentials.userName } : {}),
        ...(contactCenter === undefined ? {} : { contactCenter }),
        address: request.ip,
        requestId: request.id,
        detail: cause.message,
      })
      .catch((error: unknown) =>
        this.logger.error(
          { requestId: request.id, error: describeError(error) },
          'a failed login could not be audited',
        ),
      );
  }

  /** @param authorization a header, or what the body of a login says as one */
  present(authorization: string | undefined, request: FastifyRequest): PresentedLogin {
    const digest = createHmac('sha256', this.key)
      .update(JSON.stringify([request.ip, authorization, namedContactCenter(request)]))
      .digest('base64');
    return { credentials: readCredentials(authorization), digest };
  }
}
