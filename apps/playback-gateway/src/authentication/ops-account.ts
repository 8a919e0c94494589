import { equalSecrets, type ServerSettings } from '#platform';
import type { User } from '#store';
import type { BasicCredentials } from './credentials.js';
import { wrongCredentials } from './credentials.js';

/** The account of the configuration, for the recording processor; it is in no store and in no contact center. */
export class OpsAccount {
  constructor(private readonly settings: Pick<ServerSettings, 'opsUsername' | 'opsUserPassword'>) {}

  is(userName: string): boolean {
    return userName === this.settings.opsUsername;
  }

  /** undefined while no password is configured. */
  get user(): User | undefined {
    if (this.password === undefined) return undefined;
    return {
      name: this.settings.opsUsername,
      enabled: true,
      roles: ['ops'],
      privileges: [],
      accessGroups: [],
      partitions: [],
      version: 0,
    };
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED */
  authenticate({ userName, password }: BasicCredentials): User {
    const { user } = this;
    if (user === undefined || this.password === undefined || !equalSecrets(password, this.password)) {
      throw wrongCredentials(userName);
    }
    return user;
  }

  private get password(): string | undefined {
    const { opsUserPassword } = this.settings;
    return opsUserPassword === '' ? undefined : opsUserPassword;
  }
}
