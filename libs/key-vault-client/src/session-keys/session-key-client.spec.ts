import { randomBytes } from 'node:crypto';
import { loadPackageDefinition, Server, ServerCredentials, status, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  keyVaultLoaderOptions,
  keyVaultPackage,
  keyVaultProtoFile,
  maximumUnwrapCandidates,
  type AgreeTransportKeyReply,
  type AgreeTransportKeyRequest,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeyRequest,
  type UnwrapSessionKeysReply,
  type UnwrapSessionKeysRequest,
} from '#contracts';
import { RcsError, toGrpcError, toRcsError, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { KeyVaultClient } from '../key-vault-client.js';
import { zeroCandidates } from './session-key-candidates.js';
import { SessionKeyClient } from './session-key-client.js';
import { TransportKey } from './transport-key.js';

type Handler<Request, Reply> = (
  call: { readonly request: Request },
  done: (error: object | null, reply?: Reply) => void,
) => void;

/** The part of a key vault that hands out session keys: real gRPC, real key agreement, one fixed session key. */
class Vault {
  readonly sessionKey = randomBytes(32);
  /** What other keys of the same name make of the envelope. */
  further: Buffer[] = [];
  readonly unwrapped: UnwrapSessionKeyRequest[] = [];
  /** How many envelopes came with each call for several. */
  readonly batches: number[] = [];
  /** A vault of an older version does not know calls for several. */
  knowsBatches = false;
  agreements = 0;
  expiresInMs = 3_600_000;
  failure: RcsError | undefined;
  address = '';
  private transportKeys = new Map<string, TransportKey>();
  private readonly server = new Server();

  async listen({ caPem, certificatePem, keyPem }: InternalIdentity): Promise<void> {
    this.server.addService(serviceDefinition(), {
      AgreeTransportKey: handlerOf((request: AgreeTransportKeyRequest) => this.agree(request)),
      UnwrapSessionKey: handlerOf((request: UnwrapSessionKeyRequest) => this.unwrap(request)),
      UnwrapSessionKeys: (
        call: { readonly request: UnwrapSessionKeysRequest },
        done: (error: object | null) => void,
      ) =>
        this.knowsBatches
          ? handlerOf((request: UnwrapSessionKeysRequest) => this.unwrapAll(request))(call, done)
          : done({ code: status.UNIMPLEMENTED, details: 'no such method' }),
    });
    const pair = { private_key: keyPem, cert_chain: certificatePem };
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(caPem, [pair], true), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    this.address = `127.0.0.1:${port}`;
  }

  /** What a restart does to the agreed keys. */
  forgetAll(): void {
    this.transportKeys.clear();
  }

  close(): void {
    this.server.forceShutdown();
  }

  private async agree({ workerPublicKey }: AgreeTransportKeyRequest): Promise<AgreeTransportKeyReply> {
    const transportKeyId = `transport-${++this.agreements}`;
    const key = await TransportKey.generate();
    this.transportKeys.set(transportKeyId, key);
    return { transportKeyId, jwe: await key.agree(workerPublicKey), expiresInMs: this.expiresInMs };
  }

  private unwrap(request: UnwrapSessionKeyRequest): UnwrapSessionKeyReply {
    if (this.failure !== undefined) throw this.failure;
    const key = this.transportKeys.get(request.transportKeyId);
    if (key === undefined) throw new RcsError('RCS_TRANSPORT_KEY_UNKNOWN');
    this.unwrapped.push(request);
    const candidates = this.further.map((sessionKey, index) => ({
      jwe: key.wrap(sessionKey),
      certificateAlias: `same-name-${index}`,
      keyIdentifier: `0${index}`,
    }));
    return {
      jwe: key.wrap(this.sessionKey),
      certificateAlias: 'recording-2026',
      keyIdentifier: 'ab',
      candidates,
      more: false,
    };
  }

  private unwrapAll({ items, transportKeyId }: UnwrapSessionKeysRequest): UnwrapSessionKeysReply {
    this.batches.push(items.length);
    return { outcomes: items.map(item => this.unwrap({ ...item, transportKeyId })) };
  }
}

function handlerOf<Request, Reply>(answer: (request: Request) => Reply | Promise<Reply>): Handler<Request, Reply> {
  return ({ request }, done) => {
    new Promise<Reply>(resolve => resolve(answer(request))).then(
      reply => done(null, reply),
      (error: unknown) => done(toGrpcError(toRcsError(error))),
    );
  };
}

function serviceDefinition(): ServiceDefinition {
  let level: unknown = loadPackageDefinition(loadSync(keyVaultProtoFile, keyVaultLoaderOptions));
  for (const part of [...keyVaultPackage.split('.'), 'KeyVault', 'service'])
    level = (level as Record<string, unknown>)[part];
  return level as ServiceDefinition;
}

describe(SessionKeyClient.name, () => {
  let vaultIdentity: InternalIdentity;
  let worker: InternalIdentity;
  let vault: Vault;
  let vaults: KeyVaultClient;
  let client: SessionKeyClient;

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    [vaultIdentity, worker] = [await authority.issue('key-vault'), await authority.issue('decrypt-worker')];
  });
  beforeEach(async () => {
    vault = new Vault();
    await vault.listen(vaultIdentity);
    vaults = new KeyVaultClient([vault.address], { current: worker });
    client = new SessionKeyClient(vaults);
  });
  afterEach(() => {
    vaults.close();
    vault.close();
  });

  const request = {
    grant: 'a.b.c',
    envelope: randomBytes(300),
    requestId: 'request-1',
    timeoutMs: 30_000,
    signal: new AbortController().signal,
  };
  const another = () => ({ ...request, signal: new AbortController().signal });

  const first = { certificateAlias: 'recording-2026', keyIdentifier: 'ab' };

  it('brings the session key, and which key opened it', async () => {
    expect(await client.unwrap(request)).toEqual({ keys: [{ sessionKey: vault.sessionKey, ...first }], more: false });
    expect(vault.unwrapped[0]).toMatchObject({ grant: 'a.b.c', envelope: request.envelope });
  });

  it.each([1, 16])('brings what every key of the same name made of it, in order, %s at a time', async together => {
    vault.knowsBatches = true;
    vault.further = [randomBytes(32), randomBytes(32)];
    const opened = await Promise.all(Array.from({ length: together }, () => client.unwrap(another())));
    for (const candidates of opened) {
      expect(candidates.keys).toEqual([
        { sessionKey: vault.sessionKey, ...first },
        { sessionKey: vault.further[0], certificateAlias: 'same-name-0', keyIdentifier: '00' },
        { sessionKey: vault.further[1], certificateAlias: 'same-name-1', keyIdentifier: '01' },
      ]);
    }
  });

  it('takes no more candidates than a right vault gives', async () => {
    vault.further = Array.from({ length: 100 }, () => randomBytes(32));
    expect((await client.unwrap(request)).keys).toHaveLength(maximumUnwrapCandidates);
  });

  it('gives every caller a buffer of its own, so that one may zero it', async () => {
    const [one, other] = [await client.unwrap(request), await client.unwrap(request)];
    zeroCandidates(one);
    expect(other.keys[0].sessionKey).toEqual(vault.sessionKey);
  });

  it('agrees one transport key with a vault, however many ask at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => client.unwrap(another())));
    await client.unwrap(request);
    expect(vault.agreements).toBe(1);
  });

  it.each([
    ['envelopes that wait travel together, in calls of about the same size', true],
    ['a vault of an older version is asked for one at a time', false],
  ])('%s', async (_, knowsBatches) => {
    vault.knowsBatches = knowsBatches;
    const opened = await Promise.all(Array.from({ length: 64 }, () => client.unwrap(another())));
    expect(opened.every(({ keys: [{ sessionKey }] }) => sessionKey.equals(vault.sessionKey))).toBe(true);
    expect(vault.unwrapped).toHaveLength(64);
    expect(vault.batches.length > 0).toBe(knowsBatches);
    // No call holds what others could begin with: 64 on 8 calls.
    expect(Math.max(0, ...vault.batches)).toBeLessThanOrEqual(8);
  });

  it('agrees once more, not once per request, when the vault has forgotten the key', async () => {
    await client.unwrap(request);
    vault.forgetAll();
    const keys = await Promise.all(Array.from({ length: 20 }, () => client.unwrap(another())));
    expect(keys.every(({ keys: [{ sessionKey }] }) => sessionKey.equals(vault.sessionKey))).toBe(true);
    expect(vault.agreements).toBe(2);
  });

  it('agrees again before the key expires', async () => {
    await client.unwrap(request);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + vault.expiresInMs - 1000);
    try {
      await client.unwrap(request);
    } finally {
      clock.mockRestore();
    }
    expect(vault.agreements).toBe(2);
  });

  it('works with a vault that keeps transport keys for seconds only', async () => {
    vault.expiresInMs = 4000;
    await client.unwrap(request);
    await client.unwrap(request);
    expect(vault.agreements).toBe(1);
  });

  it('gives up when the vault forgets every key at once', async () => {
    vault.failure = new RcsError('RCS_TRANSPORT_KEY_UNKNOWN');
    await expect(client.unwrap(request)).rejects.toMatchObject({ code: 'RCS_TRANSPORT_KEY_UNKNOWN' });
    expect(vault.agreements).toBe(2);
  });

  it.each(['RCS_KEY_NOT_FOUND', 'RCS_GRANT_REFUSED', 'RCS_TOKEN_UNAVAILABLE'] as const)(
    'passes on %s and keeps the transport key',
    async code => {
      vault.failure = new RcsError(code);
      await expect(client.unwrap(request)).rejects.toMatchObject({ code });
      vault.failure = undefined;
      await client.unwrap(request);
      expect(vault.agreements).toBe(1);
    },
  );

  it('tries the agreement again after one that failed', async () => {
    const address = vault.address;
    vault.close();
    await expect(client.unwrap({ ...request, timeoutMs: 500 })).rejects.toBeInstanceOf(RcsError);
    const other = new Vault();
    await other.listen(vaultIdentity);
    const both = new KeyVaultClient([address, other.address], { current: worker });
    try {
      const keys = new SessionKeyClient(both);
      expect((await keys.unwrap(request)).keys[0].sessionKey).toEqual(other.sessionKey);
      expect((await keys.unwrap(request)).keys[0].sessionKey).toEqual(other.sessionKey);
    } finally {
      both.close();
      other.close();
    }
  });
});
