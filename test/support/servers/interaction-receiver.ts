import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CertificateAuthority } from '#test/authority/server-authority.js';

/** A thousand kills take more than an hour on a busy machine. */
const lifetimeMs = 24 * 3_600_000;

export interface HandedOver {
  readonly authorization: string | undefined;
  readonly document: { readonly id: string };
}

/** An interaction receiver with TLS under an authority of its own. */
export class InteractionReceiver {
  readonly received: HandedOver[] = [];
  /** What it answers. */
  status = 200;
  /** Each answer comes after a time of its own, of up to so many milliseconds. */
  answersWithinMs = 0;

  private constructor(
    private readonly server: Server,
    /** The certificate of its authority. */
    readonly caFile: string,
  ) {}

  /** @param caFile where the certificate of its authority is written */
  static async start(caFile: string): Promise<InteractionReceiver> {
    const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + lifetimeMs);
    const authority = await CertificateAuthority.create({ commonName: 'Receiver CA', validUntil });
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
    const { certificatePem, privateKeyPem } = await authority.issue({ commonName: 'receiver', ...names, validUntil });
    writeFileSync(caFile, authority.certificatePem);
    const server = createServer({ cert: certificatePem, key: privateKeyPem });
    const receiver = new InteractionReceiver(server, caFile);
    server.on('request', (request, response) => {
      void text(request).then(body => {
        const document = JSON.parse(body) as { readonly id: string };
        receiver.received.push({ authorization: request.headers.authorization, document });
        setTimeout(() => response.writeHead(receiver.status).end(), Math.random() * receiver.answersWithinMs);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}/interactionreceiver`;
  }

  /** How often the metadata of this recording came. */
  timesReceived(id: string): number {
    return this.received.filter(({ document }) => document.id === id).length;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
