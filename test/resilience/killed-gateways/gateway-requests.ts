import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';

export interface Account {
  /** Absent where `name` is the user's. */
  readonly user?: string;
  readonly name?: string;
  readonly password: string;
}

/** status 0: the connection ended without a whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Request {
  readonly method?: string;
  readonly json?: object;
  readonly bytes?: Buffer;
}

const noAnswer: Answer = { status: 0, body: Buffer.alloc(0) };
const timeoutMs = 60_000;

/** Requests to the gateways and the storage of a cluster, from this process: a thousand kills need a hundred thousand of them. */
export class GatewayRequests {
  private readonly gateways: https.Agent;
  private readonly storage = new http.Agent({ keepAlive: true });

  constructor(private readonly cluster: RunningCluster) {
    this.gateways = new https.Agent({ ca: readFileSync(cluster.ready.caFile), keepAlive: true });
  }

  get alice(): Account {
    return personOf(this.cluster.ready, 'alice');
  }

  get recorder(): Account {
    return this.cluster.ready.ops;
  }

  get operator(): Account {
    return this.cluster.ready.operations;
  }

  /** Of a gateway. */
  ask(account: Account, url: string, request: Request = {}): Promise<Answer> {
    return this.send(https, this.gateways, account, url, request);
  }

  /** Of the storage, at this path in it. */
  stored(path: string, request: Request): Promise<Answer> {
    const { webdav } = this.cluster.ready;
    return this.send(http, this.storage, webdav, `${webdav.url}/${path}`, request);
  }

  end(): void {
    this.gateways.destroy();
    this.storage.destroy();
  }

  private async send(
    protocol: Pick<typeof http, 'request'>,
    agent: http.Agent,
    { user, name, password }: Account,
    url: string,
    { method = 'GET', json, bytes }: Request,
  ): Promise<Answer> {
    const body = json === undefined ? bytes : Buffer.from(JSON.stringify(json));
    const headers = {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { 'content-length': body.length }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
        const auth = `${user ?? name}:${password}`;
        const request = protocol.request(url, { method, agent, auth, headers, signal }, resolve);
        request.on('error', reject);
        request.end(body);
      });
      return { status: response.statusCode ?? 0, body: await buffer(response) };
    } catch {
      return noAnswer;
    }
  }
}
