import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { encryptAttached, type EncryptionRecipient } from '#cms';
import {
  encodeKeyBackupPayload,
  formatKeyBackup,
  parseKeyBackup,
  type KeyBackupDescription,
  type KeyBackupEntry,
} from '#contracts';
import {
  ConfigurationError,
  describeError,
  onlyCertificateIn,
  RcsError,
  readOptionFile,
  type KeyVaultConfiguration,
} from '#platform';
import type { KeyPair } from '../token/key-store.js';

/** A copy that lies on the disk under another name until the key is in the token. */
export interface PendingBackup {
  /** Gives the copy its name. @throws RcsError RCS_KEY_BACKUP_FAILED */
  commit(): Promise<void>;
  /** Removes it; nothing to do after `commit`. */
  discard(): Promise<void>;
}

const extension = '.key-backup.pem';
const listLimit = 10_000;
/** Its time is when a copy was last asked for, by whoever carries the copies away. */
const collectedMark = '.collected';

const nothingPending: PendingBackup = { commit: () => Promise.resolve(), discard: () => Promise.resolve() };

/**
 * Copies of imported keys, encrypted to certificates whose private keys lie where no machine of this system reaches: a
 * token that is lost does not take the recordings with it. The vault can write them and cannot read them.
 */
export class KeyBackups {
  /** Keeps no copies. */
  static readonly none = new KeyBackups('', []);

  private constructor(
    private readonly directory: string,
    private readonly recipients: readonly EncryptionRecipient[],
  ) {}

  get enabled(): boolean {
    return this.recipients.length > 0;
  }

  /** @throws ConfigurationError naming the file or directory that cannot be used. */
  static async open({ directory, recoveryCertificateFiles }: BackupSettings): Promise<KeyBackups> {
    const recipients = recoveryCertificateFiles.map((path, index) =>
      recipientOf(`keyVault.keyBackup.recoveryCertificateFiles.${index}`, path),
    );
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const probe = join(directory, `.${randomBytes(6).toString('hex')}.part`);
      await (await open(probe, 'wx', 0o600)).close();
      await rm(probe);
    } catch (error) {
      throw new ConfigurationError(`keyVault.keyBackup.directory ${directory}: ${describeError(error)}`, {
        cause: error,
      });
    }
    return new KeyBackups(directory, recipients);
  }

  /** Writes the copy of a key that is about to go into the token. @throws RcsError RCS_KEY_BACKUP_FAILED */
  async prepare(pair: KeyPair): Promise<PendingBackup> {
    if (!this.enabled) return nothingPending;
    const { certificate } = pair;
    const description = describe(pair);
    const payload = encodeKeyBackupPayload(description, certificate.pem, pair.pkcs8);
    try {
      const cms = await this.encrypt(payload);
      const content = formatKeyBackup({ description, certificate: certificate.pem, cms });
      return await this.write(fileName(description), content);
    } catch (error) {
      throw failed('a copy of the key cannot be written, and without one it is not imported', error);
    } finally {
      payload.fill(0);
    }
  }

  /** What copies there are. @throws RcsError RCS_KEY_BACKUP_FAILED */
  async list(): Promise<KeyBackupEntry[]> {
    if (!this.enabled) return [];
    try {
      const names = (await readdir(this.directory)).filter(name => name.endsWith(extension)).sort();
      const entries: KeyBackupEntry[] = [];
      for (const name of names.slice(0, listLimit)) {
        entries.push(entryOf(name, await readFile(join(this.directory, name), 'utf8')));
      }
      return entries;
    } catch (error) {
      throw failed('the copies of the keys cannot be listed', error);
    }
  }

  /** @param name as `list` gave it. @throws RcsError RCS_NOT_FOUND, RCS_KEY_BACKUP_FAILED */
  async read(name: string): Promise<string> {
    if (!/^[A-Za-z0-9._-]{1,200}$/.test(name) || name.startsWith('.') || !this.enabled || !name.endsWith(extension)) {
      throw new RcsError('RCS_NOT_FOUND', 'no such backup', { publicDetail: 'there is no such copy of a key' });
    }
    try {
      const content = await readFile(join(this.directory, name), 'utf8');
      // Whether the copy is handed out does not depend on a full disk.
      await writeFile(join(this.directory, collectedMark), '').catch(() => undefined);
      return content;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failed('a copy of a key cannot be read', error);
      throw new RcsError('RCS_NOT_FOUND', 'no such backup', { publicDetail: 'there is no such copy of a key' });
    }
  }

  /** When a copy was last written, and when one was last asked for; undefined for never. */
  async times(): Promise<{ readonly written: Date | undefined; readonly collected: Date | undefined }> {
    if (!this.enabled) return { written: undefined, collected: undefined };
    const names = (await readdir(this.directory)).filter(name => name.endsWith(extension));
    const times = await Promise.all(names.slice(0, listLimit).map(name => this.timeOf(name)));
    const written = Math.max(...times.map(time => time?.getTime() ?? 0));
    return { written: written > 0 ? new Date(written) : undefined, collected: await this.timeOf(collectedMark) };
  }

  private async timeOf(name: string): Promise<Date | undefined> {
    try {
      return (await stat(join(this.directory, name))).mtime;
    } catch {
      return undefined;
    }
  }

  private encrypt(payload: Buffer): Promise<Buffer> {
    return buffer(
      encryptAttached({
        recipients: this.recipients,
        plaintext: Readable.from([payload], { objectMode: false }),
        plaintextLength: payload.length,
      }),
    );
  }

  private async write(name: string, content: string): Promise<PendingBackup> {
    const temporary = join(this.directory, `.${name}.${randomBytes(6).toString('hex')}.part`);
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return {
      commit: async () => {
        try {
          await rename(temporary, join(this.directory, name));
          await this.syncDirectory();
        } catch (error) {
          throw failed('the key is in the token, but its copy cannot be kept: import it again', error);
        }
      },
      discard: () => rm(temporary, { force: true }),
    };
  }

  /** Only then does the name survive a crash. */
  private async syncDirectory(): Promise<void> {
    const handle = await open(this.directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

type BackupSettings = NonNullable<KeyVaultConfiguration['keyBackup']>;

function recipientOf(option: string, path: string): EncryptionRecipient {
  const certificate = readCertificate(option, path);
  return {
    identifier: {
      type: 'issuer-and-serial-number',
      issuer: certificate.issuerDer,
      serialNumber: certificate.serialNumberOctets,
    },
    publicKey: certificate.publicKey,
    keyEncryption: { scheme: 'rsaes-oaep', hash: 'sha256' },
  };
}

function readCertificate(option: string, path: string): CertificateInfo {
  const file = readOptionFile(option, path);
  onlyCertificateIn(file, option, path);
  try {
    return parseCertificatePem(file)[0];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigurationError(`${option}: ${error.message}`, { cause: error });
  }
}

function entryOf(name: string, content: string): KeyBackupEntry {
  try {
    return { name, damaged: false, ...parseKeyBackup(content).description };
  } catch (error) {
    if (!(error instanceof RcsError)) throw error;
    return { name, damaged: true, ...noDescription };
  }
}

const noDescription: KeyBackupDescription = {
  purpose: '',
  contactCenter: '',
  alias: '',
  keyIdentifier: '',
  certificateFingerprint: '',
  subject: '',
  expires: '',
  createdAt: '',
};

function describe({ purpose, contactCenter, alias, certificate }: KeyPair): KeyBackupDescription {
  return {
    purpose,
    contactCenter,
    alias,
    keyIdentifier: certificate.keyIdentifier.toString('hex'),
    certificateFingerprint: certificate.fingerprint,
    subject: certificate.subjectDn,
    expires: certificate.notAfter.toISOString(),
    createdAt: new Date().toISOString(),
  };
}

/** The same certificate has the same name, so that a second import replaces the copy. */
function fileName({ contactCenter, alias, certificateFingerprint }: KeyBackupDescription): string {
  const readable = `${contactCenter}-${alias}`.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
  return `${readable}-${certificateFingerprint.slice(0, 16)}${extension}`;
}

function failed(publicDetail: string, cause: unknown): RcsError {
  return new RcsError('RCS_KEY_BACKUP_FAILED', `${publicDetail}: ${describeError(cause)}`, { publicDetail, cause });
}
