import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseInput, RcsError } from '#platform';
import type { AuditLog, ContactCenter, ContactCenterStore } from '#store';
import type { AccountAdministrator } from './account-administrator.js';
import type { RequestOrigin } from './user-administration.js';

/** Ids become parts of URLs. */
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be 1 to 128 letters, digits, dots, hyphens');
const name = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,256}$/u, 'must be 1 to 256 characters');
const domain = z
  .string()
  .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'must be like example.org')
  .transform(text => text.toLowerCase());
const origin = z
  .string()
  .regex(/^https?:\/\/(\*|[a-z0-9-]+)(\.(\*|[a-z0-9-]+))*(:\d{1,5})?$/i, 'must be like https://*.example.org');

const newContactCenterSchema = z.strictObject({
  id: id.default(() => randomUUID()),
  name,
  /** Cannot be changed later: the names of directory users end with it. */
  domain: domain.optional(),
  allowedOrigins: z.array(origin).max(256).optional(),
});
const contactCenterChangeSchema = newContactCenterSchema.pick({ name: true, allowedOrigins: true }).partial();

/** Adds and changes contact centers, each act in the audit before it happens. */
export class ContactCenterAdministration {
  constructor(
    private readonly contactCenters: ContactCenterStore,
    private readonly audit: AuditLog,
  ) {}

  list(): Promise<readonly ContactCenter[]> {
    return this.contactCenters.list();
  }

  /** @throws RcsError RCS_MISSING_PARAMETER, RCS_INVALID_VALUE naming the field, also for an id or a domain that is taken. */
  async add(administrator: AccountAdministrator, input: unknown, source: RequestOrigin): Promise<ContactCenter> {
    const added = withoutUndefined(parseInput(newContactCenterSchema, input));
    const all = await this.contactCenters.list();
    if (all.some(other => other.id === added.id)) throw invalid('id: there is a contact center with this id');
    if (added.domain !== undefined && all.some(other => other.domain?.toLowerCase() === added.domain)) {
      throw invalid('domain: belongs to another contact center');
    }
    return this.put(administrator, added, { added }, source);
  }

  /** @throws RcsError RCS_NOT_FOUND, RCS_INVALID_VALUE naming the field. */
  async change(
    administrator: AccountAdministrator,
    contactCenter: string,
    input: unknown,
    source: RequestOrigin,
  ): Promise<ContactCenter> {
    const changed = withoutUndefined(parseInput(contactCenterChangeSchema, input));
    const present = await this.contactCenters.find(contactCenter);
    if (present === undefined)
      throw new RcsError('RCS_NOT_FOUND', `no contact center ${JSON.stringify(contactCenter)}`);
    return this.put(administrator, { ...present, ...changed }, { changed }, source);
  }

  private async put(
    administrator: AccountAdministrator,
    contactCenter: ContactCenter,
    what: object,
    source: RequestOrigin,
  ): Promise<ContactCenter> {
    await this.audit.append({
      event: 'contact-center-changed',
      outcome: 'allowed',
      user: administrator.name,
      contactCenter: contactCenter.id,
      ...source,
      detail: JSON.stringify(what),
    });
    await this.contactCenters.put(contactCenter);
    return contactCenter;
  }
}

function withoutUndefined<T extends object>(values: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
