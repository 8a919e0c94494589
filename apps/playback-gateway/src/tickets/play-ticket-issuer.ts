import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { StatementSigner, type StatementVerifier } from '#grants';
import { type Current, Derived, entriesAtMost, LiveIdentity, RcsError, type ServerSettings } from '#platform';
import { isSameAccount, type User } from '#store';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { CredentialVersions } from '../sessions/credential-version.js';
import { SessionService } from '../sessions/session.service.js';
import { accountFields, accountIn, type Session } from '../sessions/session.js';
import { TicketsInUse } from './tickets-in-use.js';
import { playTicketSchema, playTicketType, playTicketVerifier, type PlayTicket } from './play-ticket.js';

export interface TicketOrder {
  readonly user: User;
  readonly session: Session | undefined;
  readonly recording: string;
  readonly leaf: string;
  /** Binds the ticket to this address. */
  readonly address: string | undefined;
  /** Seconds; the configured time when absent or longer than that. */
  readonly timeToLive: number | undefined;
}

/** Where a ticket is shown. */
export interface TicketUse {
  readonly recording: string;
  readonly leaf: string;
  readonly address: string;
}

const remembered = 5000;
/** How long a signature that was checked is not checked again, milliseconds. */
const genuineForMs = 300_000;

/** Issues play tickets and takes them back. A ticket says who may try; whether the user may listen is decided at every use. */
@Injectable()
export class PlayTicketIssuer {
  /** Seeking shows the same ticket many times: its signature is checked once. */
  private readonly genuine = new LRUCache<string, PlayTicket>({ ...entriesAtMost(remembered), ttl: genuineForMs });

  private readonly signer: StatementSigner;
  private readonly verifier: Current<StatementVerifier>;
  private readonly longestTimeToLive: number;

  constructor(
    identity: LiveIdentity,
    private readonly sessions: SessionService,
    private readonly credentials: CredentialVersions,
    private readonly users: AuthenticationService,
    private readonly inUse: TicketsInUse,
    @Inject(SERVER_SETTINGS) { playTickets }: Pick<ServerSettings, 'playTickets'>,
  ) {
    this.signer = new StatementSigner(identity, playTicketType);
    this.verifier = new Derived(identity, playTicketVerifier);
    this.longestTimeToLive = playTickets.timeToLive;
    identity.onChange(() => this.genuine.clear());
  }

  issue(order: TicketOrder): { ticket: PlayTicket; text: string } {
    const { user, session, recording, leaf, address, timeToLive } = order;
    const now = Math.floor(Date.now() / 1000);
    const ticket: PlayTicket = {
      jti: randomUUID(),
      iat: now,
      exp: now + Math.min(timeToLive ?? this.longestTimeToLive, this.longestTimeToLive),
      account: accountFields(user),
      recording,
      leaf,
      credential: this.credentials.ofTicket(user),
      ...(session === undefined ? {} : { session: session.reference }),
      ...(address === undefined ? {} : { address }),
    };
    return { ticket, text: this.signer.sign(ticket) };
  }

  /** The ticket, if a gateway of ours signed it. @throws RcsError RCS_TICKET_REFUSED for anything else. */
  read(text: string): PlayTicket {
    const digest = createHash('sha256').update(text).digest('base64');
    const known = this.genuine.get(digest);
    if (known !== undefined) return known;
    const parsed = playTicketSchema.safeParse(this.verified(text));
    if (!parsed.success) throw refused('its content is not that of a ticket');
    const ticket = Object.freeze(parsed.data);
    this.genuine.set(digest, ticket);
    return ticket;
  }

  /**
   * The user who listens with this ticket. Once it was used in its time, it lives as long as the session it was asked for
   * in: a call may be longer than any time that is right for an address nobody has opened yet.
   * @throws RcsError RCS_TICKET_REFUSED where it does not fit or has ended, RCS_SESSION_UNAVAILABLE when that is not known.
   */
  async redeem(ticket: PlayTicket, use: TicketUse): Promise<User> {
    const isInTime = Date.now() < ticket.exp * 1000;
    if (!isInTime && ticket.session === undefined) throw refused('it has expired');
    if (ticket.recording !== use.recording || ticket.leaf !== use.leaf) throw refused('it is for another media file');
    if (ticket.address !== undefined && ticket.address !== use.address) throw refused('it is bound to another address');
    if (!isInTime && !(await this.inUse.has(ticket))) throw refused('it has expired before it was used');
    await this.useSession(ticket);
    const user = await this.users.userOfSession(accountIn(ticket.account));
    if (user === undefined) throw refused('its user is gone or disabled');
    if (this.credentials.ofTicket(user) !== ticket.credential) throw refused('the password of its user has changed');
    if (ticket.session !== undefined) await this.inUse.add(ticket);
    return user;
  }

  /** Who listens with a ticket uses the session it hangs on. */
  private async useSession(ticket: PlayTicket): Promise<void> {
    if (ticket.session === undefined) return;
    const record = await this.sessions.useReference(ticket.session);
    const lives = record !== undefined && isSameAccount(accountIn(record), accountIn(ticket.account));
    if (!lives) throw refused('its session has ended');
  }

  private verified(text: string): unknown {
    try {
      return this.verifier.current.verify(text);
    } catch (error) {
      throw new RcsError('RCS_TICKET_REFUSED', 'ticket refused', { cause: error });
    }
  }
}

const refused = (why: string): RcsError => new RcsError('RCS_TICKET_REFUSED', `ticket refused: ${why}`);
