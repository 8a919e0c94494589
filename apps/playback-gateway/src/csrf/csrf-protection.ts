import { Inject, Injectable } from '@nestjs/common';
import { equalSecrets, RcsError, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { CsrfExemptions, type CsrfClient } from './csrf-exemptions.js';

/** The header field a client sends the token in; `X-CSRF-HEADER` tells it this name. */
export const csrfTokenHeader = 'X-CSRF-TOKEN';
export const csrfNameHeader = 'X-CSRF-HEADER';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Protection against requests that another site makes in the name of its visitor, as the Genesys web services do it. */
@Injectable()
export class CsrfProtection {
  private readonly enabled: boolean;
  private readonly exemptions: CsrfExemptions;

  constructor(@Inject(SERVER_SETTINGS) settings: Pick<ServerSettings, 'enableCsrfProtection' | 'csrfExemptions'>) {
    this.enabled = settings.enableCsrfProtection;
    this.exemptions = new CsrfExemptions(settings.csrfExemptions);
  }

  /** Whether this client works without tokens, so that it needs no session for them. */
  exempts(client: CsrfClient): boolean {
    return !this.enabled || this.exemptions.covers(client);
  }

  /** Whether such a request needs the token of its session; safe methods (RFC 9110 section 9.2.1) never do. */
  demands(method: string, client: CsrfClient): boolean {
    return !safeMethods.has(method) && !this.exempts(client);
  }

  /** @throws RcsError RCS_CSRF_TOKEN_REQUIRED unless the request carries the token of its session. */
  check({ headers }: CsrfClient, sessionToken: string | undefined): void {
    const sent = headers[csrfTokenHeader.toLowerCase()];
    if (sessionToken === undefined) throw refused('the request carries no session');
    if (typeof sent !== 'string') throw refused('the request carries no token');
    if (!equalSecrets(sent, sessionToken)) throw refused('the token is not that of the session');
  }

  /** The header fields that hand a token out. */
  handOut(sessionToken: string): Record<string, string> {
    return this.enabled ? { [csrfNameHeader]: csrfTokenHeader, [csrfTokenHeader]: sessionToken } : {};
  }
}

const refused = (why: string): RcsError => new RcsError('RCS_CSRF_TOKEN_REQUIRED', why);
