import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

const timeoutMs = 20_000;
const patchType = 'application/strategic-merge-patch+json';

/** What the tests read of any object of Kubernetes. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Plain calls to the API server, as a member of system:masters. */
export class ApiClient {
  private readonly ca: Buffer;

  constructor(
    private readonly port: number,
    caFile: string,
    private readonly token: string,
  ) {
    this.ca = readFileSync(caFile);
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    return ((await this.call('GET', path)) as { readonly items: readonly KubernetesObject[] }).items;
  }

  async get(path: string): Promise<KubernetesObject> {
    return (await this.call('GET', path)) as KubernetesObject;
  }

  /** @throws Error with status and answer of whatever is neither success nor, for deletions and patches, gone already */
  async call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const sent = body === undefined ? '' : JSON.stringify(body);
    const asking = request({
      host: '127.0.0.1',
      port: this.port,
      path,
      method,
      ca: this.ca,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        Authorization: `Bearer ${this.token}`,
        // Node announces no length of what a DELETE sends.
        'Content-Length': Buffer.byteLength(sent),
        'Content-Type': method === 'PATCH' ? patchType : 'application/json',
      },
    });
    asking.end(sent);
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      asking.once('response', resolve);
      asking.once('error', reject);
    });
    const received = await text(answer);
    const { statusCode = 0 } = answer;
    const isGone = [404, 409].includes(statusCode) && method !== 'GET';
    if (statusCode >= 300 && !isGone) throw new Error(`${method} ${path}: ${statusCode} ${received}`);
    return JSON.parse(received) as unknown;
  }
}
