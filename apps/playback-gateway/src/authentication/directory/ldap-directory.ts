import { randomUUID } from 'node:crypto';
import { AndFilter, EqualityFilter, OrFilter, type Entry, ResultCodeError, type SearchOptions } from 'ldapts';
import { describeError, RcsError, type ConfigurationServerSettings } from '#platform';
import { comparableName } from '../login-identity.js';
import type { Directory } from './directory.js';
import { personOf, type EntryValues, type ExternalPerson } from './directory-person.js';
import { escapeAttributeValue } from './distinguished-name.js';
import type { LdapConnection } from './ldap-connection.js';
import type { LdapConnections } from './ldap-connections.js';

/**
 * Result codes (RFC 4511 appendix A) with which directories refuse credentials: no such object, invalid DN, inappropriate
 * authentication (no password), invalid credentials, insufficient rights (a locked account), unwilling to perform.
 */
const refusals = new Set([32, 34, 48, 49, 50, 53]);
const mostGroups = 1000;
const noAttributes = ['1.1'];

/** A directory spoken to over LDAP (RFC 4511). */
export class LdapDirectory implements Directory {
  /**
   * @param logins connections that bind as the users
   * @param lookups connections that bind as the account of the configuration
   */
  constructor(
    private readonly settings: ConfigurationServerSettings,
    private readonly logins: LdapConnections,
    private readonly lookups: LdapConnections,
  ) {}

  get canFind(): boolean {
    return this.settings.bindDn !== undefined;
  }

  async authenticate(
    userName: string,
    password: string,
    tell?: (entry: string | undefined) => Promise<void>,
  ): Promise<ExternalPerson | undefined> {
    const found = this.canFind
      ? await this.asked(signal => this.lookUp(connection => this.findDn(connection, userName, signal), signal))
      : this.dnOf(userName);
    await tell?.(found === undefined ? undefined : this.entryName(found));
    if (password === '') return undefined;
    return this.asked(signal =>
      this.logins.use(async connection => {
        // Somebody unknown costs the same round trips as somebody known.
        if (!(await this.proves(connection, found ?? this.nobody(), password, signal)) || found === undefined)
          return undefined;
        if (this.canFind) return this.lookUp(other => this.read(other, found, userName, signal), signal);
        return this.read(connection, found, userName, signal);
      }, signal),
    );
  }

  async find(name: string, by: 'user-name' | 'agent-id'): Promise<ExternalPerson | undefined> {
    if (!this.canFind) return undefined;
    return this.asked(signal =>
      this.lookUp(async connection => {
        const { userName, agentIds } = this.settings.attributes;
        const dn = await this.findDn(connection, name, signal, by === 'user-name' ? [userName] : [userName, agentIds]);
        return dn === undefined ? undefined : this.read(connection, dn, name, signal);
      }, signal),
    );
  }

  close(): void {
    this.logins.close();
    this.lookups.close();
  }

  private async asked<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(AbortSignal.timeout(this.settings.timeoutMs));
    } catch (error) {
      if (error instanceof RcsError) throw error;
      throw new RcsError('RCS_DIRECTORY_UNAVAILABLE', `the directory failed: ${describeError(error)}`, {
        cause: error,
        retryAfterMs: 2000,
      });
    }
  }

  private lookUp<T>(work: (connection: LdapConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { bindDn = '', bindPassword = '' } = this.settings;
    return this.lookups.use(async connection => {
      await connection.bind(bindDn, bindPassword, signal);
      return work(connection);
    }, signal);
  }

  private async proves(
    connection: LdapConnection,
    dn: string,
    password: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await connection.bind(dn, password, signal);
      return true;
    } catch (error) {
      if (error instanceof ResultCodeError && refusals.has(error.code)) return false;
      throw error;
    }
  }

  private async findDn(
    connection: LdapConnection,
    name: string,
    signal: AbortSignal,
    attributes: readonly string[] = [this.settings.attributes.userName],
  ): Promise<string | undefined> {
    const { peopleBaseDn, personObjectClass } = this.settings;
    // Filters travel as structures, not as text, so no character of the name can change them.
    const filter = new AndFilter({
      filters: [
        new EqualityFilter({ attribute: 'objectClass', value: personObjectClass }),
        new OrFilter({ filters: attributes.map(attribute => new EqualityFilter({ attribute, value: name })) }),
      ],
    });
    const options: SearchOptions = { scope: 'sub', filter, attributes: noAttributes, sizeLimit: 2 };
    const entries = await connection.search(peopleBaseDn, options, signal);
    return entries.length === 1 ? entries[0]?.dn : undefined;
  }

  private async read(
    connection: LdapConnection,
    dn: string,
    typedName: string,
    signal: AbortSignal,
  ): Promise<ExternalPerson | undefined> {
    const { attributes } = this.settings;
    const options: SearchOptions = { scope: 'base', attributes: Object.values(attributes) };
    const [entry] = await connection.search(dn, options, signal);
    if (entry === undefined) return undefined;
    const values = valuesOf(entry);
    const userNames = values(attributes.userName);
    const userName = userNames.find(name => name.toLowerCase() === typedName.toLowerCase()) ?? userNames[0];
    if (userName === undefined) return undefined;
    return personOf(userName, values, await this.groupsOf(connection, entry.dn, signal), this.settings);
  }

  private async groupsOf(connection: LdapConnection, dn: string, signal: AbortSignal): Promise<readonly string[]> {
    const { groupsBaseDn, groupMemberAttribute, groupNameAttribute } = this.settings;
    if (groupsBaseDn === undefined) return [];
    const filter = new EqualityFilter({ attribute: groupMemberAttribute, value: dn });
    const options: SearchOptions = { scope: 'sub', filter, attributes: [groupNameAttribute], sizeLimit: mostGroups };
    const entries = await connection.search(groupsBaseDn, options, signal);
    return entries.flatMap(entry => valuesOf(entry)(groupNameAttribute));
  }

  /** Two directories may have entries of one name. */
  private entryName(dn: string): string {
    return JSON.stringify([this.settings.urls[0], comparableName(dn)]);
  }

  private dnOf(userName: string): string {
    const { personDn = '' } = this.settings;
    return personDn.replaceAll('{userName}', () => escapeAttributeValue(userName));
  }

  private nobody(): string {
    return `${this.settings.attributes.userName}=${randomUUID()},${this.settings.peopleBaseDn}`;
  }
}

function valuesOf(entry: Entry): EntryValues {
  return attribute => {
    const [, value = []] =
      Object.entries(entry).find(([name]) => name.toLowerCase() === attribute?.toLowerCase()) ?? [];
    return [value].flat().map(item => item.toString());
  };
}
