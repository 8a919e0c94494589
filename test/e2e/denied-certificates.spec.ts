import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { listeningPorts } from '#test/cluster/listening-ports.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';

jest.setTimeout(240_000);

interface Shown {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Long enough for a handshake on a busy machine, and for what a server says right after it. */
const handshakeMs = 20_000;

describe('a certificate of the cluster that is denied', () => {
  let directory: string;
  let listFile: string;
  let cluster: RunningCluster;
  let ca: Buffer;
  let stolen: Shown;
  let other: Shown;
  /** Ports of the cluster, by service, that demand a certificate of the internal authority. */
  const internal: { readonly service: string; readonly port: number }[] = [];
  const sockets: TLSSocket[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-denied-'));
    listFile = join(directory, 'denied');
    writeFileSync(listFile, '# nobody\n');
    cluster = await startCluster(process.cwd(), join(directory, 'data'), {
      RCS_INTERNAL_TLS__DENIED_CERTIFICATES_FILE: listFile,
      RCS_RELOAD_INTERVAL_MS: '100',
    });
    const { caFile, dataDir } = cluster.ready;
    ca = readFileSync(caFile);
    const identity = (name: string): Shown => ({
      cert: readFileSync(join(dirname(caFile), `${name}.pem`)),
      key: readFileSync(join(dirname(caFile), `${name}.key`)),
    });
    [stolen, other] = [identity('rcsctl'), identity('operator')];
    for (const service of ['playback-gateway', 'key-vault', 'decrypt-worker-1', 'decrypt-worker-2'])
      for (const port of listeningPorts(processIdOf(service, dataDir)))
        if (await refusesWithoutCertificate(port)) internal.push({ service, port });
  });
  afterAll(async () => {
    sockets.forEach(socket => socket.destroy());
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function connected(port: number, shown: Partial<Shown>): Promise<TLSSocket> {
    const socket = connect({ ca, host: 'localhost', port, ALPNProtocols: ['h2', 'http/1.1'], ...shown });
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(handshakeMs) });
    return socket;
  }
  const ended = async (socket: TLSSocket): Promise<void> => {
    if (!socket.closed) await once(socket, 'close', { signal: AbortSignal.timeout(handshakeMs) });
  };

  /** A server of TLS 1.3 reads the certificate when the client believes that all is agreed: then it says what it lacks. */
  async function refusesWithoutCertificate(port: number): Promise<boolean> {
    try {
      const socket = await connected(port, {});
      if (socket.closed) return true;
      socket.write('?\r\n\r\n');
      const signal = AbortSignal.timeout(60_000);
      const error = await Promise.race([
        new Promise<Error & { code?: string }>(resolve => socket.once('error', resolve)),
        once(socket, 'close', { signal }).then(() => undefined),
        // An HTTP server answers even what is no request.
        once(socket, 'data', { signal }).then(() => undefined),
      ]);
      return error?.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
    } catch {
      // It speaks no TLS.
      return false;
    }
  }

  it('is shown to the vault and to every worker', () => {
    const services = internal.map(({ service }) => service);
    expect(services).toEqual(expect.arrayContaining(['key-vault', 'decrypt-worker-1', 'decrypt-worker-2']));
  });

  it('gets no connection to any of their ports, and loses those it has, while others keep theirs', async () => {
    const open = async (shown: Shown) => Promise.all(internal.map(({ port }) => connected(port, shown)));
    const [byThief, byOther] = [await open(stolen), await open(other)];
    writeFileSync(listFile, `${new X509Certificate(stolen.cert).fingerprint256}\n`);
    await Promise.all(byThief.map(ended));
    for (const { port } of internal) {
      const late = await connected(port, stolen);
      const answers: Buffer[] = [];
      late.on('data', (bytes: Buffer) => answers.push(bytes));
      await ended(late);
      expect(answers).toEqual([]);
    }
    expect(byOther.map(socket => socket.destroyed)).toEqual(internal.map(() => false));
    await Promise.all(internal.map(({ port }) => connected(port, other)));
  });
});
