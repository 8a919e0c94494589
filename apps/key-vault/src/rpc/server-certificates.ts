import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { LiveIdentity } from '#platform';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/** Certificate, key and authorities of the gRPC server; they can be exchanged while it runs. */
export class ServerCertificates implements experimental.CertificateProvider {
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();

  /** New connections are made with the identity that is current; those that are open go on. */
  constructor(private readonly identity: LiveIdentity) {
    identity.onChange(() => {
      this.caListeners.forEach(listener => this.tellAuthorities(listener));
      this.identityListeners.forEach(listener => this.tellIdentity(listener));
    });
  }

  /** Credentials that demand a certificate of every client. */
  serverCredentials(): ServerCredentials {
    return experimental.createCertificateProviderServerCredentials(this, this, true);
  }

  addCaCertificateListener(listener: CaListener): void {
    this.caListeners.add(listener);
    // The server looks for the first update after it has registered everything.
    process.nextTick(() => this.tellAuthorities(listener));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    process.nextTick(() => this.tellIdentity(listener));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
  }

  private tellAuthorities(listener: CaListener): void {
    listener({ caCertificate: this.identity.current.caPem });
  }

  private tellIdentity(listener: IdentityListener): void {
    const { certificatePem, keyPem } = this.identity.current;
    listener({ certificate: certificatePem, privateKey: keyPem });
  }
}
