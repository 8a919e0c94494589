import { execFileSync } from 'node:child_process';
import { constants, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope, KeyTransportRecipient } from '../envelope/envelope.js';

type OaepScheme = Extract<KeyTransportRecipient['keyEncryption'], { scheme: 'rsaes-oaep' }>;

/** A recipient made by openssl: certificate file, key file, private key. */
export interface TestRecipient {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly privateKey: KeyObject;
}

/** Files of one test run, written and read by the openssl command. */
export class OpensslWorkshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'cms-'));

  file(name: string, content?: Buffer): string {
    const path = join(this.directory, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  run(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }

  recipient(name: string): TestRecipient {
    const keyFile = this.file(`${name}.key`);
    const certificateFile = this.file(`${name}.pem`);
    const subject = `/C=DE/O=Contact Center/CN=${name}`;
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', subject];
    this.run(...request, '-keyout', keyFile, '-out', certificateFile);
    return { certificateFile, keyFile, privateKey: createPrivateKey(readFileSync(keyFile)) };
  }

  /** Runs `openssl cms` or `openssl smime` with an output file and returns what it wrote. */
  output(command: 'cms' | 'smime', ...args: readonly string[]): Buffer {
    const out = this.file('out');
    this.run(command, '-out', out, ...args);
    return readFileSync(out);
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The session key of a recipient, by software RSA, as only a test may do it. */
export function decryptSessionKey(
  recipient: Pick<KeyTransportRecipient, 'keyEncryption' | 'encryptedKey'>,
  privateKey: KeyObject,
): Buffer {
  const { keyEncryption, encryptedKey } = recipient;
  if (keyEncryption.scheme === 'rsaes-oaep') {
    const { hash, mgfHash, label } = keyEncryption;
    // Node knows no other hash for MGF1 than that of OAEP, openssl does.
    if (mgfHash !== hash) return decryptedByOpenssl(encryptedKey, privateKey, keyEncryption);
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return privateDecrypt({ key: privateKey, padding, oaepHash: hash, oaepLabel: label }, encryptedKey);
  }
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encryptedKey);
  // What another key made of it would look like a session key now and then.
  if (block.readUInt16BE(0) !== 2) throw new Error('the padding is wrong');
  return block.subarray(block.indexOf(0, 2) + 1);
}

function decryptedByOpenssl(encryptedKey: Buffer, key: KeyObject, { hash, mgfHash, label }: OaepScheme): Buffer {
  const workshop = new OpensslWorkshop();
  try {
    const keyFile = workshop.file('key.pem', Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })));
    const options = [`rsa_padding_mode:oaep`, `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${mgfHash}`];
    if (label.length > 0) options.push(`rsa_oaep_label:${label.toString('hex')}`);
    const args = ['pkeyutl', '-decrypt', '-inkey', keyFile, ...options.flatMap(option => ['-pkeyopt', option])];
    return execFileSync('openssl', args, { input: encryptedKey, stdio: 'pipe' });
  } finally {
    workshop.close();
  }
}

export function sessionKeyOf(envelope: Envelope, { privateKey }: TestRecipient): Buffer {
  const recipient = envelope.recipients[0];
  if (recipient === undefined) throw new Error('the envelope has no recipient');
  return decryptSessionKey(recipient, privateKey);
}
