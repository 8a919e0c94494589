import { TokenError, toTokenError } from './errors/token-error.js';
import { certificateNames } from './keys/certificate-names.js';
import { generateKeyPair, type KeyPairRequest } from './keys/generate-key-pair.js';
import { heldKey, notHeld } from './keys/held-key.js';
import { hasCertificate, importKeyPair, type KeyPairImport } from './keys/import-key-pair.js';
import type { CertificateToStore } from './keys/key-templates.js';
import { putCertificate } from './keys/put-certificate.js';
import { removeKey, type KeyRemoval } from './keys/remove-key.js';
import type { TokenKey } from './keys/token-key.js';
import { parsePkcs11Uri } from './location/pkcs11-uri.js';
import { nameOf } from './module/find-slot.js';
import type { TokenConnection } from './module/token-connection.js';
import { removeNote, writeNote, type TokenNote } from './notes/token-notes.js';
import type { TokenSession } from './sessions/token-session.js';
import type { WaitSignal } from './sessions/wait-signal.js';
import type { TokenSupervisor, TokenWork } from './token-supervisor.js';

/** What changes the content of a token: keys, their certificates, notes beside them. Playback goes before it. */
export class TokenAdministration {
  constructor(
    private readonly supervisor: TokenSupervisor,
    private readonly uri: string,
  ) {}

  /**
   * Puts a private key and its certificate into the token. The same pair again changes nothing.
   * @throws TokenError refused when the pair cannot be used.
   */
  async importKeyPair(pair: KeyPairImport, signal: WaitSignal): Promise<{ key: TokenKey; created: boolean }> {
    return this.change('importing a key', signal, async (session, connection) => {
      const { mechanisms, certificates } = connection;
      const created = await importKeyPair(session, mechanisms, connection.readObjects(session), pair, certificates);
      connection.readObjects(session);
      return { key: keyWithCertificate(connection, pair), created };
    });
  }

  /** Makes a key pair inside the token; it has no certificate yet. @throws TokenError refused when the label is taken */
  async generateKeyPair(request: KeyPairRequest, signal: WaitSignal): Promise<TokenKey> {
    return this.change('making a key', signal, async (session, connection) => {
      const { privateKeys, certificates } = connection.readObjects(session);
      if ([...privateKeys, ...certificates].some(({ label }) => label === request.label)) {
        throw new TokenError('refused', 'the token holds a key or certificate of this name already');
      }
      const id = await generateKeyPair(session, connection.mechanisms, request);
      connection.readObjects(session);
      return heldKey(connection.index, { id, label: request.label });
    });
  }

  /** Puts a certificate beside the key that it belongs to. @throws TokenError not-found, refused */
  async addCertificate(certificate: CertificateToStore, signal: WaitSignal): Promise<TokenKey> {
    return this.change('storing a certificate', signal, async (session, connection) => {
      const present = connection.readObjects(session);
      requireSameKey(heldKey(connection.index, { id: certificate.keyIdentifier }), certificate);
      if (!hasCertificate(present, certificate)) {
        const { certificates: directory } = connection;
        await putCertificate(session, certificate, { present, keyIsNew: false, directory });
        connection.readObjects(session);
      }
      return keyWithCertificate(connection, certificate);
    });
  }

  /**
   * Removes the certificates of a key that bear one of the labels, and with the last certificate the key itself, for good.
   * @returns whether the private key was destroyed.
   * @throws TokenError not-found
   */
  async removeKey(removal: KeyRemoval, signal: WaitSignal): Promise<boolean> {
    return this.change('removing a key', signal, async (session, connection) => {
      const present = connection.readObjects(session);
      const bearsLabel = connection.index.keys.some(
        ({ id, label }) => id.equals(removal.id) && removal.labels.includes(label),
      );
      if (!bearsLabel) throw notHeld(removal.id);
      const destroyed = removeKey(session, present, removal, connection.certificates);
      connection.readObjects(session);
      return Promise.resolve(destroyed);
    });
  }

  /** Writes something down beside the keys; a note of this name that is there stays as it is. @throws TokenError */
  async writeNote(note: TokenNote, signal: WaitSignal): Promise<void> {
    await this.changeNotes('writing a note', signal, session => writeNote(session, note));
  }

  /** @throws TokenError */
  async removeNote(name: string, signal: WaitSignal): Promise<void> {
    await this.changeNotes('removing a note', signal, session => removeNote(session, name));
  }

  private async changeNotes(what: string, signal: WaitSignal, change: (session: TokenSession) => void): Promise<void> {
    await this.change(what, signal, (session, connection) => {
      change(session);
      connection.readNotes(session);
      return Promise.resolve();
    });
  }

  /** @throws TokenError refused where the token is write-protected */
  private async change<T>(what: string, signal: WaitSignal, work: TokenWork<T>): Promise<T> {
    try {
      return await this.supervisor.run('administration', signal, what, (session, connection) => {
        if (connection.readOnly) throw writeProtected(what);
        return work(session, connection);
      });
    } catch (error) {
      throw ofToken(toTokenError(error, what), this.uri);
    }
  }
}

/** @throws TokenError refused */
function requireSameKey({ modulus }: TokenKey, { certificateDer }: CertificateToStore): void {
  if (certificateNames(certificateDer)?.modulus?.equals(modulus) === true) return;
  throw new TokenError('refused', 'the certificate was issued for another key');
}

/** Says which token it was, of which option, and what to do about one that is away. */
function ofToken(error: TokenError, uri: string): TokenError {
  const { failure, message, ckr, retryAfterMs, fault, cause } = error;
  if (failure !== 'unavailable' && (failure !== 'refused' || ckr === undefined)) return error;
  const next = failure === 'unavailable' ? ': check that it is connected, it is looked for by itself' : '';
  const details = { ckr, fault, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new TokenError(failure, `${message}${next} (token ${nameOf(parsePkcs11Uri(uri))} of uri)`, details);
}

const writeProtected = (what: string): TokenError =>
  new TokenError(
    'refused',
    `${what} is refused (CKR_TOKEN_WRITE_PROTECTED): the token is write-protected: allow writing in its own configuration`,
    {
      ckr: 'CKR_TOKEN_WRITE_PROTECTED',
    },
  );

function keyWithCertificate(connection: TokenConnection, { certificateDer, label }: CertificateToStore): TokenKey {
  const key = connection.index.keys.find(
    view => view.label === label && view.certificate?.equals(certificateDer) === true,
  );
  if (key !== undefined) return key;
  throw new TokenError('internal', 'the token does not show the certificate that it was given');
}
