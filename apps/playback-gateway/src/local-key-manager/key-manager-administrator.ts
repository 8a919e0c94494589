import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { ContactCenterStore, KeyManagerOwner, KeyManagerScope, User } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/**
 * "Administration of the Local Key Manager": of the administrator's contact center, by operations accounts of all.
 * Whoever has it can give out a credential that opens blocks, so the role alone does not bring it.
 */
export function mayAdministerKeyManager({ roles, privileges, contactCenter }: User): boolean {
  return privileges.includes('administer-local-key-manager') && (contactCenter !== undefined || roles.includes('ops'));
}

/** Whose things this user administers. @throws RcsError RCS_INSUFFICIENT_PERMISSION */
export function scopeOf(user: User): KeyManagerScope {
  const { contactCenter } = user;
  if (mayAdministerKeyManager(user)) return contactCenter === undefined ? 'everything' : { owner: contactCenter };
  throw new RcsError('RCS_INSUFFICIENT_PERMISSION', `${user.name} administers no local key manager`, {
    publicDetail: 'the privilege "Administration of the Local Key Manager" is needed',
  });
}

/**
 * The scope, narrowed to the contact center that a request names.
 * @param named id; empty for what belongs to no contact center
 * @throws RcsError RCS_INVALID_VALUE for another contact center than the administrator's own: nothing tells whether it exists
 */
export function narrowed(scope: KeyManagerScope, named: string | undefined): KeyManagerScope {
  if (named === undefined) return scope;
  const owner: KeyManagerOwner = named === '' ? undefined : named;
  if (scope === 'everything' || scope.owner === owner) return { owner };
  throw invalid('contactCenter: is not that of the administrator');
}

/** Decides for which contact center something new is made. */
@Injectable()
export class NewOwner {
  constructor(@Inject(storeTokens.contactCenters) private readonly contactCenters: ContactCenterStore) {}

  /** @throws RcsError RCS_INVALID_VALUE, RCS_MISSING_PARAMETER naming the field contactCenter. */
  async of(scope: KeyManagerScope, named: string | undefined): Promise<string> {
    const narrow = narrowed(scope, named);
    if (narrow === 'everything') return this.only();
    const { owner } = narrow;
    if (owner !== undefined && (await this.contactCenters.find(owner)) !== undefined) return owner;
    throw invalid('contactCenter: there is none with this id');
  }

  private async only(): Promise<string> {
    const [only, another] = await this.contactCenters.list();
    if (only !== undefined && another === undefined) return only.id;
    throw new RcsError('RCS_MISSING_PARAMETER', 'there is not exactly one contact center', {
      publicDetail: 'contactCenter: name the contact center it shall belong to',
    });
  }
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
