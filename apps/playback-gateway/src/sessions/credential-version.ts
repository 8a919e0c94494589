import { scryptSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ServerSettings } from '#platform';
import type { User } from '#store';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';

/**
 * Says with which credentials a session or a play ticket was got: another password, another system that checks it or
 * another contact center is another version. A digest under keys of the gateways: nobody else can make or guess one, of
 * whatever kind of account.
 */
@Injectable()
export class CredentialVersions {
  private readonly digest;
  private readonly ticketDigest;
  private readonly configuredPassword: string | null;

  constructor(
    keys: GatewayKeys,
    @Inject(SERVER_SETTINGS) { opsUserPassword }: Pick<ServerSettings, 'opsUserPassword'>,
  ) {
    this.digest = keys.digests('credential versions');
    this.ticketDigest = keys.digests('credential versions of play tickets');
    // Slow, and once in the life of a process: the password may be one that people remember.
    this.configuredPassword =
      opsUserPassword === undefined
        ? null
        : scryptSync(opsUserPassword, keys.of('salt of configured passwords'), 32).toString('base64');
  }

  /** That of sessions; it stays the same while only rights change. */
  of({ name, passwordHash, source, contactCenter }: User): string {
    if (source !== undefined) return this.digest('external', source, contactCenter ?? null, name);
    if (passwordHash !== undefined) return this.digest('local', name, passwordHash);
    return this.digest('configuration', name, this.configuredPassword);
  }

  /** That of play tickets, which travel in URLs: it is of no use for a session. */
  ofTicket(user: User): string {
    return this.ticketDigest(this.of(user));
  }
}
