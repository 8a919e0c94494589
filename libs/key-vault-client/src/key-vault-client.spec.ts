import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  keyVaultLoaderOptions,
  keyVaultPackage,
  keyVaultProtoFile,
  type UnwrapSessionKeyReply,
  type UnwrapSessionKeyRequest,
} from '#contracts';
import { RcsError, ReceiverGoneError, roleUri, toGrpcError, type ErrorCode, type InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { KeyVaultClient } from './key-vault-client.js';

type Call = ServerUnaryCall<UnwrapSessionKeyRequest, UnwrapSessionKeyReply>;
type Done = sendUnaryData<UnwrapSessionKeyReply>;

const unwrapRequest: UnwrapSessionKeyRequest = {
  grant: 'a.b.c',
  envelope: Buffer.from([0, 0xff, 0x80, 10]),
  transportKeyId: 'transport-1',
};

/** A real gRPC server over mutual TLS that speaks key-vault.proto; the test decides what it answers. */
class Vault {
  readonly calls: Call[] = [];
  answer: (call: Call, done: Done) => void;
  private readonly server = new Server();
  address = '';

  constructor(readonly name: string) {
    this.answer = (_, done) =>
      done(null, { jwe: name, keyIdentifier: '', candidates: [], more: false, certificateAlias: '' });
  }

  async listen({ caPem, certificatePem, keyPem }: InternalIdentity, host = '127.0.0.1', wanted = 0): Promise<void> {
    const service = serviceIn(loadPackageDefinition(loadSync(keyVaultProtoFile, keyVaultLoaderOptions)));
    this.server.addService(service, {
      UnwrapSessionKey: (call: Call, done: Done) => {
        this.calls.push(call);
        this.answer(call, done);
      },
    });
    const pair = { private_key: keyPem, cert_chain: certificatePem };
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(`${host}:${wanted}`, ServerCredentials.createSsl(caPem, [pair], true), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    this.address = `${host}:${port}`;
  }

  failWith(code: ErrorCode): void {
    this.answer = (_, done) => done(toGrpcError(new RcsError(code, 'log only', { publicDetail: `of ${this.name}` })));
  }

  hang(): void {
    this.answer = () => undefined;
  }

  close(): void {
    this.server.forceShutdown();
  }
}

function serviceIn(definition: object): ServiceDefinition {
  let level: unknown = definition;
  for (const part of [...keyVaultPackage.split('.'), 'KeyVault', 'service'])
    level = (level as Record<string, unknown>)[part];
  return level as ServiceDefinition;
}

describe(KeyVaultClient.name, () => {
  let authority: InternalAuthority;
  let worker: InternalIdentity;
  let vaultIdentity: InternalIdentity;
  let first: Vault;
  let second: Vault;
  let client: KeyVaultClient;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    worker = await authority.issue('decrypt-worker');
    vaultIdentity = await authority.issue('key-vault');
  });
  beforeEach(async () => {
    [first, second] = [new Vault('first'), new Vault('second')];
    await first.listen(vaultIdentity);
    await second.listen(vaultIdentity);
    client = new KeyVaultClient([first.address, second.address], { current: worker });
  });
  afterEach(() => {
    client.close();
    first.close();
    second.close();
  });

  const unwrap = (timeoutMs = 30_000, signal?: AbortSignal, of = client) =>
    of
      .anyVault(timeoutMs, (vault, left) =>
        vault.call('UnwrapSessionKey', unwrapRequest, {
          timeoutMs: left,
          requestId: 'request-1',
          ...(signal === undefined ? {} : { signal }),
        }),
      )
      .then(reply => reply.jwe);

  it('carries bytes, ids and the request id unchanged', async () => {
    await unwrap();
    expect(first.calls[0]!.request).toMatchObject(unwrapRequest);
    expect(first.calls[0]!.metadata.get('x-request-id')).toEqual(['request-1']);
  });

  it('takes an answer as long as a list of 10,000 keys with their certificates', async () => {
    const jwe = 'x'.repeat(10_000 * 2200);
    first.answer = (_, done) =>
      done(null, { jwe, keyIdentifier: '', candidates: [], more: false, certificateAlias: '' });
    expect((await unwrap()).length).toBe(jwe.length);
    expect(second.calls).toHaveLength(0);
  });

  it('spreads its calls over the vaults', async () => {
    const answers = [await unwrap(), await unwrap(), await unwrap(), await unwrap()];
    expect(answers).toEqual(['first', 'second', 'first', 'second']);
  });

  it.each([
    'RCS_TOKEN_UNAVAILABLE',
    'RCS_OVERLOADED',
    'RCS_SHUTTING_DOWN',
    'RCS_VAULT_UNAVAILABLE',
    'RCS_TIMEOUT',
  ] as const)('asks another vault after %s', async code => {
    first.failWith(code);
    expect(await unwrap()).toBe('second');
    expect(first.calls).toHaveLength(1);
  });

  it.each(['RCS_KEY_NOT_FOUND', 'RCS_GRANT_REFUSED', 'RCS_CALLER_NOT_ALLOWED', 'RCS_TRANSPORT_KEY_UNKNOWN'] as const)(
    'takes %s for the answer and asks nobody else',
    async code => {
      first.failWith(code);
      await expect(unwrap()).rejects.toMatchObject({ code, publicDetail: 'of first' });
      expect(second.calls).toHaveLength(0);
    },
  );

  it('asks another vault when one is not there', async () => {
    first.close();
    expect(await unwrap()).toBe('second');
    expect(await unwrap()).toBe('second');
  });

  it('leaves a vault that hangs in time to ask another', async () => {
    first.hang();
    expect(await unwrap(600)).toBe('second');
    expect(first.calls).toHaveLength(1);
  });

  it('fails with the error of the last one when none can answer', async () => {
    first.failWith('RCS_TOKEN_UNAVAILABLE');
    second.failWith('RCS_OVERLOADED');
    await expect(unwrap()).rejects.toMatchObject({ code: 'RCS_OVERLOADED', publicDetail: 'of second' });
    expect([first.calls.length, second.calls.length]).toEqual([1, 1]);
  });

  it('fails within its time when all hang', async () => {
    first.hang();
    second.hang();
    await expect(unwrap(60)).rejects.toMatchObject({ code: 'RCS_TIMEOUT' });
  });

  it('fails when no vault is configured', async () => {
    await expect(unwrap(1000, undefined, new KeyVaultClient([], { current: worker }))).rejects.toMatchObject({
      code: 'RCS_VAULT_UNAVAILABLE',
    });
  });

  it('passes on what is not an answer of a vault', async () => {
    const failure = new TypeError('broken');
    await expect(client.anyVault(1000, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('cancels the call at the vault when its caller leaves, and asks nobody else', async () => {
    const leaver = new AbortController();
    const arrived = new Promise<Call>(resolve => {
      first.answer = call => resolve(call);
    });
    const calling = unwrap(30_000, leaver.signal);
    const outcome = expect(calling).rejects.toMatchObject({ code: expect.stringMatching(/TIMEOUT|UNAVAILABLE/) });
    const call = await arrived;
    const cancelled = once(call, 'cancelled');
    leaver.abort();
    await Promise.all([outcome, cancelled]);
    expect(second.calls).toHaveLength(0);
  });

  it('does not call for a caller that has left already', async () => {
    await expect(unwrap(1000, AbortSignal.abort())).rejects.toMatchObject({ code: 'RCS_TIMEOUT' });
    expect([...first.calls, ...second.calls]).toEqual([]);
  });

  it('is no failure of a vault when nobody waits for the answer any more, before it or meanwhile', async () => {
    const gone = new ReceiverGoneError('the caller closed the connection');
    await expect(unwrap(30_000, AbortSignal.abort(gone))).rejects.toBe(gone);
    first.hang();
    second.hang();
    const leaver = new AbortController();
    const outcome = expect(unwrap(30_000, leaver.signal)).rejects.toBe(gone);
    while (first.calls.length + second.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
    leaver.abort(gone);
    await outcome;
    expect(first.calls.length + second.calls.length).toBe(1);
  });

  it('leaves no listener at the signal of a caller', async () => {
    const signal = new AbortController().signal;
    const remove = jest.spyOn(signal, 'removeEventListener');
    const add = jest.spyOn(signal, 'addEventListener');
    await unwrap(1000, signal);
    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
  });

  it('sends nothing to a service of the cluster that is no vault', async () => {
    const impostor = new Vault('impostor');
    await impostor.listen(await authority.issue('playback-gateway'));
    const fooled = new KeyVaultClient([impostor.address], { current: worker });
    try {
      await expect(unwrap(2000, undefined, fooled)).rejects.toMatchObject({ code: 'RCS_VAULT_UNAVAILABLE' });
      expect(impostor.calls).toEqual([]);
    } finally {
      fooled.close();
      impostor.close();
    }
  });

  it('sends nothing to a vault at an address that its certificate does not name', async () => {
    const elsewhere = new Vault('elsewhere');
    await elsewhere.listen(vaultIdentity, '127.0.0.2');
    const misled = new KeyVaultClient([elsewhere.address], { current: worker });
    try {
      await expect(unwrap(2000, undefined, misled)).rejects.toMatchObject({ code: 'RCS_VAULT_UNAVAILABLE' });
      expect(elsewhere.calls).toEqual([]);
    } finally {
      misled.close();
      elsewhere.close();
    }
  });

  describe('with one name before several vaults, as a headless Service', () => {
    const name = 'vault.recordings.svc';
    let identity: InternalIdentity;
    let behindName: string[];
    let vaults: [Vault, Vault];
    let byName: KeyVaultClient;
    const lookUp = (): Promise<readonly string[]> => Promise.resolve(behindName);
    const ask = (timeoutMs = 4000) => unwrap(timeoutMs, undefined, byName);
    const askTimes = async (times: number, timeoutMs?: number): Promise<string[]> => {
      const answers: string[] = [];
      while (answers.length < times) answers.push(await ask(timeoutMs));
      return answers;
    };

    beforeAll(async () => {
      identity = await authority.issue('key-vault', {
        names: [
          { type: 'url', value: roleUri('key-vault') },
          { type: 'dns', value: name },
        ],
      });
    });
    beforeEach(async () => {
      vaults = [new Vault('one'), new Vault('two')];
      await vaults[0].listen(identity);
      const port = Number(vaults[0].address.split(':')[1]);
      await vaults[1].listen(identity, '127.0.0.2', port);
      behindName = ['127.0.0.1', '127.0.0.2'];
      byName = new KeyVaultClient([`${name}:${port}`], { current: worker }, lookUp);
    });
    afterEach(() => {
      byName.close();
      vaults.forEach(vault => vault.close());
    });

    it('knows each of them and spreads its calls', async () => {
      expect(await byName.allEndpoints()).toHaveLength(2);
      expect(new Set(await askTimes(4))).toEqual(new Set(['one', 'two']));
    });

    it('fails no call after the token of one is gone, and asks that one once', async () => {
      vaults[0].failWith('RCS_TOKEN_UNAVAILABLE');
      expect(new Set(await askTimes(20))).toEqual(new Set(['two']));
      expect(vaults[0].calls).toHaveLength(1);
    });

    it('waits for one that hangs once, for half of the time of that call', async () => {
      vaults[0].hang();
      expect(new Set(await askTimes(20, 2000))).toEqual(new Set(['two']));
      expect(vaults[0].calls).toHaveLength(1);
    });

    it('asks one that hung by a single call when 30 seconds are over, and by all when it answers', async () => {
      vaults[0].hang();
      await askTimes(3, 1200);
      const now = jest.spyOn(performance, 'now');
      try {
        const real = performance.timeOrigin;
        now.mockImplementation(() => Date.now() - real + 31_000);
        expect(new Set(await askTimes(6, 1200))).toEqual(new Set(['two']));
        expect(vaults[0].calls).toHaveLength(2);
        now.mockImplementation(() => Date.now() - real + 62_000);
        vaults[0].answer = new Vault('one').answer;
        expect(new Set(await askTimes(6))).toEqual(new Set(['one', 'two']));
      } finally {
        now.mockRestore();
      }
    });

    it('finds a vault that came later, and leaves one that is gone', async () => {
      behindName = ['127.0.0.1', '127.0.0.3'];
      await ask();
      behindName = ['127.0.0.1', '127.0.0.2'];
      const real = performance.timeOrigin;
      const now = jest.spyOn(performance, 'now').mockImplementation(() => Date.now() - real + 6000);
      try {
        await ask();
        await new Promise(resolve => setImmediate(resolve));
        expect(byName.endpoints.map(({ address }) => address.split(':')[0])).toEqual(behindName);
      } finally {
        now.mockRestore();
      }
    });

    it('keeps what it knows while the name cannot be looked up', async () => {
      await ask();
      const real = performance.timeOrigin;
      const now = jest.spyOn(performance, 'now').mockImplementation(() => Date.now() - real + 6000);
      behindName = [];
      try {
        await askTimes(2);
        expect(byName.endpoints).toHaveLength(2);
      } finally {
        now.mockRestore();
      }
    });

    it('sends nothing to a vault whose certificate does not carry the name', async () => {
      const port = vaults[0].address.split(':')[1];
      const other = new KeyVaultClient([`other.recordings.svc:${port}`], { current: worker }, lookUp);
      try {
        await expect(unwrap(2000, undefined, other)).rejects.toMatchObject({ code: 'RCS_VAULT_UNAVAILABLE' });
        expect(vaults.flatMap(({ calls }) => calls)).toEqual([]);
      } finally {
        other.close();
      }
    });
  });

  it('sends no IP address as TLS server name', async () => {
    const names: string[] = [];
    const SNICallback = (name: string, done: (error: Error) => void): void => {
      names.push(name);
      done(new Error('that is all it is asked'));
    };
    const server = createServer({ SNICallback });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asking = new KeyVaultClient([`127.0.0.1:${port}`], { current: worker });
    try {
      await expect(unwrap(2000, undefined, asking)).rejects.toMatchObject({ code: 'RCS_VAULT_UNAVAILABLE' });
      expect(new Set(names)).toEqual(new Set(['key-vault']));
    } finally {
      asking.close();
      server.close();
    }
  });
});
