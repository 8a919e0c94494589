import type { GatewayClient } from '../../gateway-client/gateway-client.js';
import type { WebDavAccess } from '../../recorder/recorder-storage.js';

export interface WeekCertificate {
  readonly alias: string;
  readonly pem: string;
}

/** Where a call of the week goes. */
export interface CallTarget {
  /** Directory of the media. */
  readonly media: string;
  readonly contactCenter: string;
  /** Where below the base of the storage. */
  readonly directory?: string | undefined;
  readonly recorder: GatewayClient;
  readonly webdav: WebDavAccess;
  readonly certificate: WeekCertificate;
  readonly expired: WeekCertificate;
}

export interface WeekTarget extends CallTarget {
  /** Says that all of it is there: whoever changes something of it afterwards keeps what they changed. */
  readonly doneFile: string;
  readonly administrator: GatewayClient;
  /** Supervisors who have listened to something. */
  readonly listeners: Readonly<Record<'bob' | 'grace', GatewayClient>>;
}
