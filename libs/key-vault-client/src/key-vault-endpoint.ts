import { isIP } from 'node:net';
import { credentials, loadPackageDefinition, Metadata, type Client, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  keyVaultLoaderOptions,
  keyVaultPackage,
  keyVaultProtoFile,
  keyVaultService,
  maximumAnswerBytes,
  type KeyVaultCall,
  type KeyVaultCalls,
} from '#contracts';
import {
  callSpan,
  fromGrpcError,
  ReceiverGoneError,
  requestIdHeader,
  RcsError,
  serverMustBe,
  type Current,
  type InternalIdentity,
  type Span,
} from '#platform';
import { hostOf } from './vault-addresses.js';

export interface CallOptions {
  /** Milliseconds this call may take. */
  readonly timeoutMs: number;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

type UnaryMethod = (
  request: unknown,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, reply: unknown) => void,
) => { cancel(): void };
type ClientConstructor = new (address: string, credentials: unknown, options: object) => Client;

/** After this no call of a former connection can be left, milliseconds. */
const longestCallMs = 60_000;

interface Connection {
  readonly identity: InternalIdentity;
  readonly client: Client;
}

/** One key vault at one address, over mutual TLS. The peer must carry the role key-vault in its certificate. */
export class KeyVaultEndpoint {
  private connection: Connection;

  constructor(
    readonly address: string,
    private readonly identity: Current<InternalIdentity>,
    /** The name that the vault's certificate has to carry; the host of the address where it is reached by name. */
    private readonly serverName = hostOf(address),
  ) {
    this.connection = this.connect();
  }

  /**
   * Makes one call.
   * @throws RcsError with the vault's own code, RCS_VAULT_UNAVAILABLE when it cannot be reached, RCS_TIMEOUT;
   * ReceiverGoneError when nobody waits for the answer any more.
   */
  call<Name extends KeyVaultCall>(
    name: Name,
    request: KeyVaultCalls[Name]['request'],
    options: CallOptions,
  ): Promise<KeyVaultCalls[Name]['reply']> {
    const span = callSpan(options.requestId, `KeyVault/${name}`, { 'rpc.system': 'grpc', 'rpc.method': name });
    const metadata = metadataOf(options.requestId, span);
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted === true) {
        reject(endedWith(span, givenUp(name, options.signal)));
        return;
      }
      const client = this.client();
      const method = (client as unknown as Record<string, UnaryMethod>)[name] as UnaryMethod;
      const running = method.call(
        client,
        request,
        metadata,
        { deadline: Date.now() + options.timeoutMs },
        (error, reply) => {
          options.signal?.removeEventListener('abort', cancel);
          if (error !== null) {
            const failure = isGone(options.signal)
              ? givenUp(name, options.signal)
              : fromGrpcError(error, 'RCS_VAULT_UNAVAILABLE');
            reject(endedWith(span, failure));
            return;
          }
          span?.end();
          resolve(reply as KeyVaultCalls[Name]['reply']);
        },
      );
      const cancel = (): void => running.cancel();
      options.signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  close(): void {
    this.connection.client.close();
  }

  /** For a vault that nobody asks any more: calls that run end as they would. */
  closeAfterCalls(): void {
    closeLater(this.connection.client);
  }

  /** New calls go over a connection with the current identity; calls that run or wait go on over the former one. */
  private client(): Client {
    const former = this.connection;
    if (former.identity !== this.identity.current) {
      this.connection = this.connect();
      closeLater(former.client);
    }
    return this.connection.client;
  }

  private connect(): Connection {
    const identity = this.identity.current;
    return { identity, client: clientOf(this.address, this.serverName, identity) };
  }
}

function metadataOf(requestId: string | undefined, span: Span | undefined): Metadata {
  const metadata = new Metadata();
  if (requestId !== undefined) metadata.set(requestIdHeader, requestId);
  for (const [name, value] of Object.entries(span?.headers ?? {})) metadata.set(name, value);
  return metadata;
}

const isGone = (signal: AbortSignal | undefined): boolean => signal?.reason instanceof ReceiverGoneError;

/** Whoever left is no failure of a vault, and asks no other one. */
const givenUp = (name: string, signal: AbortSignal | undefined): Error =>
  signal?.reason instanceof ReceiverGoneError ? signal.reason : new RcsError('RCS_TIMEOUT', `${name} was given up`);

function endedWith(span: Span | undefined, error: Error): Error {
  span?.set({ 'error.type': error instanceof RcsError ? error.code : 'aborted' });
  span?.end();
  return error;
}

function closeLater(client: Client): void {
  setTimeout(() => client.close(), longestCallMs).unref();
}

function clientOf(address: string, serverName: string, identity: InternalIdentity): Client {
  const isVault = serverMustBe('key-vault', identity.denied);
  const channelCredentials = credentials.createSsl(identity.caPem, identity.keyPem, identity.certificatePem, {
    checkServerIdentity: (_, certificate) => isVault(serverName, certificate),
  });
  return new (clientConstructor())(address, channelCredentials, {
    'grpc.max_receive_message_length': maximumAnswerBytes,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5000,
    // An IP address is no TLS server name (RFC 6066, 3); the certificate is checked for the address all the same.
    'grpc.ssl_target_name_override': isIP(serverName) === 0 ? serverName : 'key-vault',
  });
}

let constructor: ClientConstructor | undefined;

function clientConstructor(): ClientConstructor {
  if (constructor === undefined) {
    const definition = loadPackageDefinition(loadSync(keyVaultProtoFile, keyVaultLoaderOptions));
    let level: unknown = definition;
    for (const part of [...keyVaultPackage.split('.'), keyVaultService])
      level = (level as Record<string, unknown>)[part];
    constructor = level as ClientConstructor;
  }
  return constructor;
}
