import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { Registry } from 'prom-client';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { parseDeniedCertificates } from './denied-certificates.js';
import { DeniedPeers, WatchedSockets } from './denied-peers.js';
import { internalTlsOptions, serverMustBe, type InternalIdentity } from './internal-identity.js';
import { LiveIdentity } from './live-identity.js';

jest.setTimeout(60_000);

describe(WatchedSockets.name, () => {
  let worker: InternalIdentity;
  let stolen: InternalIdentity;
  let other: InternalIdentity;
  let live: LiveIdentity;
  let registry: Registry;
  let server: Server;
  const warnings: object[] = [];
  const sockets: TLSSocket[] = [];

  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    worker = await authority.issue('decrypt-worker');
    [stolen, other] = [await authority.issue('playback-gateway'), await authority.issue('playback-gateway')];
  });
  beforeEach(async () => {
    live = new LiveIdentity(worker);
    registry = new Registry();
    warnings.length = 0;
    const peers = new DeniedPeers(live, { warn: (fields: object) => void warnings.push(fields) }, registry);
    server = createServer({ ...internalTlsOptions(worker), requestCert: true });
    new WatchedSockets(peers, live).watchServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    sockets.splice(0).forEach(socket => socket.destroy());
    await new Promise(resolve => server.close(resolve));
  });

  const fingerprint = ({ certificatePem }: InternalIdentity): string =>
    new X509Certificate(certificatePem).fingerprint256;
  const deny = (...identities: readonly InternalIdentity[]): void =>
    live.replace({
      ...worker,
      denied: parseDeniedCertificates(['# list', ...identities.map(fingerprint)].join('\n'), 'denied'),
    });

  async function connected(identity: InternalIdentity): Promise<TLSSocket> {
    const { port } = server.address() as AddressInfo;
    const checkServerIdentity = serverMustBe('decrypt-worker', identity.denied);
    const socket = connect({ ...internalTlsOptions(identity), port, host: 'localhost', checkServerIdentity });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }
  /** Resolves when the peer has ended it. */
  const ended = async (socket: TLSSocket): Promise<void> => {
    if (!socket.closed) await once(socket, 'close');
  };

  it('ends the connections of who is denied while it is connected, and those alone', async () => {
    const [thief, good] = [await connected(stolen), await connected(other)];
    deny(stolen);
    await ended(thief);
    expect([good.closed, good.destroyed]).toEqual([false, false]);
    expect(await registry.metrics()).toMatch(/^rcs_denied_certificate_refusals_total 1$/m);
    expect(warnings).toEqual([{ certificate: fingerprint(stolen) }]);
  });

  it('ends a new connection of who is denied, and lets others in', async () => {
    deny(stolen);
    await ended(await connected(stolen));
    expect((await connected(other)).authorized).toBe(true);
  });

  it('lets nobody connect to a server that is denied, and ends what is connected to it', async () => {
    const denied = parseDeniedCertificates(fingerprint(worker), 'denied');
    const gateway = new LiveIdentity(other);
    const watched = new WatchedSockets(new DeniedPeers(gateway, { warn: () => undefined }, new Registry()), gateway);
    const socket = await connected(other);
    watched.watch(socket);
    gateway.replace({ ...other, denied });
    await ended(socket);
    const refused = connect({
      ...internalTlsOptions(other),
      port: (server.address() as AddressInfo).port,
      host: 'localhost',
      checkServerIdentity: serverMustBe('decrypt-worker', denied),
    });
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toMatch(/is denied/);
  });
});
