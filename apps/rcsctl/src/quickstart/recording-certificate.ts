import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

export interface MadeCertificate {
  readonly certificatePem: string;
  /** PEM of the private key: the caller imports it and zeroes the buffer. */
  readonly privateKeyPem: Buffer;
}

/**
 * Makes a self-signed recording certificate with the very commands of the administrator's guide. The key file lies in
 * memory where the system has a place for that, and is overwritten and removed before this returns.
 */
export async function makeRecordingCertificate(commonName: string): Promise<MadeCertificate> {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'rcs-'));
  const [key, certificate] = [join(directory, 'tenant.key'), join(directory, 'tenant.pem')];
  try {
    await runCommand('openssl', ['genrsa', '-out', key, '2048']);
    const subject = `/CN=${commonName}/C=US/ST=California/O=Genesys`;
    await runCommand('openssl', [
      'req',
      '-new',
      '-x509',
      '-key',
      key,
      '-out',
      certificate,
      '-days',
      '3650',
      '-subj',
      subject,
    ]);
    return { certificatePem: readFileSync(certificate, 'utf8'), privateKeyPem: readFileSync(key) };
  } finally {
    overwrite(key);
    rmSync(directory, { recursive: true, force: true });
  }
}

function overwrite(file: string): void {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, Buffer.alloc(statSync(file).size), 0, undefined, 0);
  } finally {
    closeSync(descriptor);
  }
}
