import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerSettings } from '#platform';
import type { User } from '#store';
import { networksOf } from '../http/networks.js';
import type { BasicCredentials } from './credentials.js';
import { wrongCredentials } from './credentials.js';

/** Where a request comes from, as far as the recorder is bound to it. */
export interface ConnectionOrigin {
  readonly address?: string | undefined;
  /** SHA-256 of the client certificate that the connection proved, lower case hexadecimal. */
  readonly clientCertificate?: string | undefined;
}

type RecorderSettings = Pick<
  ServerSettings,
  'opsUsername' | 'opsUserPassword' | 'opsAddresses' | 'opsClientCertificates'
>;

/** The account of the configuration, for the recording processor; it is in no store and in no contact center. */
export class RecorderAccount {
  private readonly comparisonKey = createSecretKey(randomBytes(32));
  private readonly isOwnAddress: ((address: string) => boolean) | undefined;

  constructor(private readonly settings: RecorderSettings) {
    this.isOwnAddress = settings.opsAddresses.length === 0 ? undefined : networksOf(settings.opsAddresses);
  }

  is(userName: string): boolean {
    return userName === this.settings.opsUsername;
  }

  /** undefined while no password is configured. */
  get user(): User | undefined {
    if (this.password === undefined) return undefined;
    return {
      name: this.settings.opsUsername,
      enabled: true,
      roles: ['recorder'],
      privileges: [],
      accessGroups: [],
      partitions: [],
      version: 0,
    };
  }

  /** Whoever stole the password elsewhere learns not even that it is right. @throws RcsError RCS_AUTHENTICATION_REQUIRED */
  authenticate({ userName, password }: BasicCredentials, origin: ConnectionOrigin): User {
    const { user } = this;
    if (user === undefined || this.password === undefined || !this.equal(password, this.password)) {
      throw wrongCredentials(userName);
    }
    this.checkOrigin(origin);
    return user;
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED where the recorder is bound to something else */
  checkOrigin({ address, clientCertificate }: ConnectionOrigin): void {
    const { opsUsername, opsClientCertificates } = this.settings;
    if (this.isOwnAddress?.(address ?? '') === false) {
      throw wrongCredentials(opsUsername, 'serverSettings.opsAddresses does not name the address: no login');
    }
    if (opsClientCertificates.length > 0 && !opsClientCertificates.includes(clientCertificate ?? '')) {
      throw wrongCredentials(opsUsername, 'no client certificate of serverSettings.opsClientCertificates: no login');
    }
  }

  private get password(): string | undefined {
    const { opsUserPassword } = this.settings;
    return opsUserPassword === '' ? undefined : opsUserPassword;
  }

  /** Compares digests of equal length, so that neither content nor length shows in the time. */
  private equal(left: string, right: string): boolean {
    const digest = (text: string): Buffer => createHmac('sha256', this.comparisonKey).update(text).digest();
    return timingSafeEqual(digest(left), digest(right));
  }
}
