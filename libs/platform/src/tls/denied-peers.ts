import type { PeerCertificate, Server, TLSSocket } from 'node:tls';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.js';
import { isDenied } from './denied-certificates.js';
import type { InternalIdentity } from './internal-identity.js';
import type { LiveIdentity } from './live-identity.js';

type Shown = Partial<Pick<PeerCertificate, 'fingerprint256' | 'serialNumber'>>;

/** Turns away who comes with a denied certificate, says so, and counts it. */
export class DeniedPeers {
  private readonly refusals: Counter;

  constructor(
    private readonly identity: { readonly current: Pick<InternalIdentity, 'denied'> },
    private readonly logger: Pick<Logger, 'warn'>,
    registry: Registry,
  ) {
    const registers = [registry];
    this.refusals = new Counter({
      name: 'rcs_denied_certificate_refusals_total',
      help: 'Connections and calls that were refused or ended because the certificate of the peer is denied.',
      registers,
    });
    const listed = (): number => {
      const { denied } = this.identity.current;
      return denied === undefined ? 0 : denied.fingerprints.size + denied.serialNumbers.size;
    };
    new Gauge({
      name: 'rcs_denied_certificates',
      help: 'Entries of internalTls.deniedCertificatesFile.',
      registers,
      collect() {
        this.set(listed());
      },
    });
  }

  /** Whether this certificate is denied now; then it was counted and logged. */
  refuses(certificate: Shown): boolean {
    if (!isDenied(certificate, this.identity.current.denied)) return false;
    this.refusals.inc();
    this.logger.warn({ certificate: certificate.fingerprint256 }, 'a peer with a denied certificate is refused');
    return true;
  }
}

/** Ends connections of denied peers: new ones after their handshake, others as soon as they are denied. */
export class WatchedSockets {
  private readonly sockets = new Set<TLSSocket>();

  constructor(
    private readonly peers: DeniedPeers,
    identity: Pick<LiveIdentity, 'onChange'>,
  ) {
    identity.onChange(() => this.sockets.forEach(socket => this.look(socket)));
  }

  watchServer(server: Pick<Server, 'on'>): void {
    server.on('secureConnection', (socket: TLSSocket) => this.watch(socket));
  }

  watch(socket: TLSSocket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    this.look(socket);
  }

  private look(socket: TLSSocket): void {
    if (this.peers.refuses(socket.getPeerCertificate())) socket.destroy();
  }
}
