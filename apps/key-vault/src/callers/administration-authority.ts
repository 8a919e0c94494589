import {
  clockToleranceSeconds,
  maximumAuthenticationAgeSeconds,
  type AdministrationGrant,
  type GrantVerifier,
} from '#grants';
import { RcsError } from '#platform';
import type { KeyUse } from './key-use-audit.js';
import type { CallContext } from './call-context.js';
import { GrantUses } from './grant-uses.js';

/** What a call is about to do, and to which key. */
export type AdministrationAct = Pick<
  AdministrationGrant,
  'act' | 'contactCenter' | 'alias' | 'keyIdentifier' | 'certificate'
>;

/**
 * Whether a caller may administer a key. The identity of a gateway alone is not enough: it must show that an
 * administrator of this very contact center asked for this very act a moment ago. Other roles act in their own name.
 */
export class AdministrationAuthority {
  private readonly uses = new GrantUses(1);

  constructor(private readonly grants: GrantVerifier) {}

  /**
   * The grant that allows the act; undefined for callers that need none.
   * @param use gets to know who asked, for the records.
   * @throws RcsError RCS_GRANT_REFUSED, RCS_FRESH_LOGIN_REQUIRED
   */
  permit(
    jws: string | undefined,
    wanted: AdministrationAct,
    { role }: CallContext,
    use: KeyUse,
  ): AdministrationGrant | undefined {
    if (role !== 'playback-gateway') return undefined;
    if (jws === undefined || jws === '') throw refused(`a gateway may not ${wanted.act} without a grant`);
    const grant = this.grants.verifyAdministration(jws);
    use.grant = { grantId: grant.jti, user: grant.sub };
    for (const name of ['act', 'contactCenter', 'alias', 'keyIdentifier', 'certificate'] as const) {
      if (grant[name] !== wanted[name]) throw refused(`it is for another ${name}: ${grant[name] ?? 'none'}`);
    }
    checkFresh(grant);
    this.uses.spend(grant.jti);
    return grant;
  }
}

function checkFresh({ auth_time: authenticated, sub }: AdministrationGrant): void {
  const now = Date.now() / 1000;
  if (authenticated > now + clockToleranceSeconds) throw refused('its administrator authenticates in the future');
  if (authenticated >= now - maximumAuthenticationAgeSeconds - clockToleranceSeconds) return;
  throw new RcsError('RCS_FRESH_LOGIN_REQUIRED', `${sub} authenticated ${Math.floor(now - authenticated)} s ago`);
}

const refused = (why: string): RcsError => new RcsError('RCS_GRANT_REFUSED', `administration grant refused: ${why}`);
