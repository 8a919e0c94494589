import { join } from 'node:path';
import type { ReadyLine, RunningCluster } from '#test/cluster/running-cluster.js';
import { CertificateAdministrator } from '../certificate-administrator.js';
import { CurlClient } from '../curl-client.js';
import { openssl, type CurlAnswer } from '../external-tools.js';

export interface Asking {
  readonly who?: string[];
  readonly json?: object;
  readonly options?: readonly string[];
}

/** Sends the operation as the table has it, with these values in its path. */
export type Ask = (values?: Readonly<Record<string, string>>, asking?: Asking) => Promise<CurlAnswer>;
export type Step = (ask: Ask) => Promise<unknown>;
/** By the names of the table, in the order in which they are walked: what one makes the next ones read. */
export type Steps = Readonly<Record<string, Step>>;

export const label = 'to be heard again';
export const profile = 'walked';
/** What is recorded. */
export const mediaFile = join(__dirname, '../../fixtures/call.mp3');

/** What the steps have in common. */
export class Walk {
  /** Where the recording of the walk plays. */
  leaf = '';

  private constructor(
    readonly ready: ReadyLine,
    readonly client: CurlClient,
    readonly admin: CertificateAdministrator,
    /** Base URL of a gateway that asks for the token of a session. */
    readonly protectedGateway: string,
  ) {}

  /** Makes the tenant's pair as the guides do. */
  static async begin(cluster: RunningCluster, work: string, protectedGateway: string): Promise<Walk> {
    const client = new CurlClient(cluster, work);
    const [key, certificate] = [client.file('tenant.key'), client.file('tenant.pem')];
    await openssl('genrsa', '-out', key, '2048');
    const subject = ['-days', '3650', '-subj', '/CN=Genesys Recording/C=US/ST=California/O=Genesys'];
    await openssl('req', '-new', '-x509', '-key', key, '-out', certificate, ...subject);
    return new Walk(cluster.ready, client, new CertificateAdministrator(cluster, work), protectedGateway);
  }

  /** Of the recording of the walk. */
  get id(): string {
    return this.client.recordingId('WALK');
  }

  get mine(): { readonly id: string; readonly leaf: string } {
    return { id: this.id, leaf: this.leaf };
  }

  asNobody(): string[] {
    return ['--cacert', this.ready.caFile];
  }
}

export const bodyOf = ({ body }: CurlAnswer): Record<string, unknown> =>
  JSON.parse(body.toString()) as Record<string, unknown>;
