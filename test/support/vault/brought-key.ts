import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import { encryptToPublicKey, type KeyVaultEndpoint } from '#key-vault-client';

const timeoutMs = 60_000;

/** A key and certificate that somebody brings along, to be imported anywhere. */
export class BroughtKey {
  private constructor(
    private readonly pkcs8: Buffer,
    private readonly certificate: string,
  ) {}

  static make(directory: string): BroughtKey {
    const [keyFile, certificateFile] = [join(directory, 'brought.key'), join(directory, 'brought.crt')];
    const files = ['-keyout', keyFile, '-out', certificateFile, '-subj', '/CN=brought along'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'pipe' });
    const pkcs8 = createPrivateKey(readFileSync(keyFile)).export({ format: 'der', type: 'pkcs8' });
    return new BroughtKey(pkcs8, readFileSync(certificateFile, 'utf8'));
  }

  async importInto(gateway: KeyVaultEndpoint, alias = 'brought'): Promise<KeyEntry> {
    const { publicKey } = await gateway.call('GetImportKey', {}, { timeoutMs });
    const jwe = await encryptToPublicKey(publicKey, this.pkcs8);
    const request = { contactCenter: '9350', alias, certificate: this.certificate, jwe };
    return (await gateway.call('ImportKey', request, { timeoutMs })).key;
  }
}
