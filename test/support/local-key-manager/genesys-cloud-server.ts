import { constants, createPublicKey, publicEncrypt, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { within } from '#test/waiting/within.js';
import type { GenesysCloud } from './genesys-cloud.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * The part of Genesys Cloud's public API that registers a local key manager. As the real one it calls the key manager
 * before it answers: OPTIONS for a configuration, a sample decryption for a key.
 */
export class GenesysCloudServer {
  readonly client = { id: randomUUID(), secret: 'secret: of the client' };
  readonly configurationId = randomUUID();
  /** What it was asked for and what it found, in order. */
  readonly seen: string[] = [];
  refuseLocalKeys = false;
  private readonly token = randomBytes(32).toString('base64url');
  private keyManager: GenesysCloud | undefined;

  private constructor(
    private readonly server: Server,
    readonly caPem: Buffer,
    private readonly caller: GenesysCloud,
  ) {}

  /** @param caller what calls the key manager under test; the credential is that of the registration */
  static async start(caller: GenesysCloud): Promise<GenesysCloudServer> {
    const authority = await InternalAuthority.create();
    const { certificatePem, keyPem } = await authority.issue('playback-gateway');
    const server = createServer({ cert: certificatePem, key: keyPem });
    const genesysCloud = new GenesysCloudServer(server, authority.caPem, caller);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      genesysCloud.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    server.listen(0, '127.0.0.1');
    await within('the server to listen', once(server, 'listening'));
    return genesysCloud;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await within('the server to close', new Promise(resolve => this.server.close(resolve)));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, body] = await this.answerTo(request, await text(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private async answerTo({ method, url, headers }: IncomingMessage, body: string): Promise<[number, Json]> {
    const { id, secret } = this.client;
    if (`${method} ${url}` === 'POST /oauth/token') {
      const expected = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      if (headers.authorization !== expected || body !== 'grant_type=client_credentials') {
        return [401, { error: 'invalid_client', description: 'client not found: invalid_client' }];
      }
      this.seen.push('login');
      return [200, { access_token: this.token, token_type: 'bearer', expires_in: 86_399 }];
    }
    if (headers.authorization !== `Bearer ${this.token}`) return [401, { message: 'no authentication bearer token' }];
    const json = JSON.parse(body) as Readonly<Record<string, string>>;
    switch (`${method} ${url}`) {
      case 'POST /api/v2/recording/keyconfigurations':
        return this.configure(json);
      case 'POST /api/v2/recording/localkeys':
        return this.register(json);
      default:
        return [404, { message: 'no such resource' }];
    }
  }

  private async configure({
    apiId = '',
    apiKey = '',
    ...rest
  }: Readonly<Record<string, string>>): Promise<[number, Json]> {
    this.keyManager = this.caller.as({ id: apiId, authKey: apiKey });
    const { pathname } = new URL(rest['url']!);
    const { status } = await this.keyManager.call('OPTIONS', pathname);
    this.seen.push(`OPTIONS ${status}`, 'configuration');
    return [200, { id: this.configurationId, apiId, apiKey, ...rest }];
  }

  private async register({
    configId,
    publicKey = '',
    keypairId,
  }: Readonly<Record<string, string>>): Promise<[number, Json]> {
    if (configId !== this.configurationId || this.keyManager === undefined)
      return [404, { message: 'no configuration' }];
    if (this.refuseLocalKeys) return [400, { message: 'the sample did not open' }];
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'pkcs1' });
    // Nobody says how long the sample is.
    const sample = randomBytes(45);
    const block = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, sample).toString('base64');
    const answer = await this.keyManager.call('POST', '/key-management/v1/decrypt', {
      body: { keypairId, body: block },
    });
    if ((answer.json() as { body?: string }).body !== sample.toString('base64')) {
      return [400, { message: 'the sample did not open' }];
    }
    this.seen.push('sample opened', 'local key');
    return [200, { id: randomUUID(), publicKey, keypairId }];
  }
}
