import type { ContactCenter, ContactCenterStore, UserStore } from '#store';

/** Finds out which contact center somebody belongs to before anything is known of them but a name. */
export class ContactCenterFinder {
  constructor(
    private readonly contactCenters: ContactCenterStore,
    private readonly users: UserStore,
    private readonly defaultContactCenter: string | undefined,
  ) {}

  /**
   * In this order: the one that the request names, the one whose domain stands behind the `@`, that of the account that
   * has had this name for longest, the default, the only one. Whoever takes a name later changes nothing for the first.
   * @param named id of a contact center (header field ContactCenterId)
   * @returns undefined for none; `unknown` when the request names one that is not there.
   */
  async find(userName: string, named: string | undefined): Promise<ContactCenter | 'unknown' | undefined> {
    if (named !== undefined) return (await this.contactCenters.find(named)) ?? 'unknown';
    const byDomain = await this.byDomain(userName);
    if (byDomain !== undefined) return byDomain;
    const [user] = await this.users.named(userName);
    if (user !== undefined)
      return user.contactCenter === undefined ? undefined : this.contactCenters.find(user.contactCenter);
    if (this.defaultContactCenter !== undefined) return this.contactCenters.find(this.defaultContactCenter);
    const all = await this.contactCenters.list();
    return all.length === 1 ? all[0] : undefined;
  }

  private async byDomain(userName: string): Promise<ContactCenter | undefined> {
    const domain = domainOf(userName);
    if (domain === undefined) return undefined;
    const all = await this.contactCenters.list();
    return all.find(contactCenter => contactCenter.domain?.toLowerCase() === domain);
  }
}

/** What stands behind the last `@`, in lower case. */
function domainOf(userName: string): string | undefined {
  const at = userName.lastIndexOf('@');
  return at < 1 ? undefined : userName.slice(at + 1).toLowerCase();
}

/** The name inside the contact center: without the contact center's own domain. */
export function nameWithin({ domain }: Pick<ContactCenter, 'domain'>, userName: string): string {
  return domain !== undefined && domainOf(userName) === domain.toLowerCase()
    ? userName.slice(0, userName.lastIndexOf('@'))
    : userName;
}
