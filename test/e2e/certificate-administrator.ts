import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptToPublicKey } from '#key-vault-client';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl, type CommandResult } from '#test/cluster/rcsctl.js';
import { curl, type CurlAnswer } from './external-tools.js';

const repository = join(__dirname, '../..');

/** An administrator of certificates with a shell, a browser's forms and the files of the administrator guide. */
export class CertificateAdministrator {
  constructor(
    private readonly cluster: RunningCluster,
    private readonly work: string,
    private readonly gateway: string = cluster.ready.gateway,
  ) {
    const { users, ops } = cluster.ready;
    writeFileSync(this.file('admin.password'), users[0]!.password);
    writeFileSync(this.file('ops.password'), ops.password);
  }

  file(name: string): string {
    return join(this.work, name);
  }

  /** `rcsctl certificates ...`, its JSON. */
  async certificates<T = Record<string, unknown>>(command: string, ...options: readonly string[]): Promise<T> {
    const { status, stdout, stderr } = await this.run(command, ...options);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  }

  /** `rcsctl certificates ...`, however it ends. */
  run(command: string, ...options: readonly string[]): Promise<CommandResult> {
    const { caFile, dataDir, users } = this.cluster.ready;
    const access = ['--gateway', this.gateway, '--ca', caFile, '--user', users[0]!.name, '--json'];
    const password = ['--password-file', this.file('admin.password')];
    return rcsctl(repository, dataDir, ['certificates', command, ...options, ...access, ...password]);
  }

  /** Records a file as the recorder of a profile does; answers where it plays. */
  async record(file: string, ...options: readonly string[]): Promise<string> {
    const { caFile, dataDir, ops, webdav, contactCenter } = this.cluster.ready;
    writeFileSync(this.file('webdav.password'), webdav.password);
    const parameters = [
      ...['record', file, '--json', '--gateway', this.gateway, '--ca', caFile, '--contact-center', contactCenter],
      ...['--ops-user', ops.name, '--ops-password-file', this.file('ops.password'), '--webdav', webdav.url],
      ...['--webdav-user', webdav.user, '--webdav-password-file', this.file('webdav.password')],
      ...(webdav.folder === undefined ? [] : ['--directory', webdav.folder]),
      ...options,
    ];
    const { status, stdout, stderr } = await rcsctl(repository, dataDir, parameters);
    if (status !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { mediaFiles: { playPath: string }[] }).mediaFiles[0]!.playPath;
  }

  /** Whatever curl sends to the gateway, as the administrator. */
  send(path: string, ...options: readonly string[]): Promise<CurlAnswer> {
    const { caFile, users } = this.cluster.ready;
    const credentials = ['--cacert', caFile, '--user', `${users[0]!.name}:${users[0]!.password}`];
    return curl(...credentials, ...options, `${this.gateway}${path}`);
  }

  /** The upload form; the key is encrypted to the key vaults. */
  async upload(certificate: string, key: string, ...more: readonly string[]): Promise<CurlAnswer> {
    const keyJwe = JSON.stringify(await this.sealed(readFileSync(this.file(key))));
    const files = ['--form', `certificate=@${this.file(certificate)}`, '--form-string', `keyJwe=${keyJwe}`];
    return this.send('/rcs/certificates', ...files, ...more.flatMap(field => ['--form', field]));
  }

  /** The upload form with a key that the gateway can read, which it takes only where it is told to. */
  uploadInClear(certificate: string, key: string, ...more: readonly string[]): Promise<CurlAnswer> {
    const files = ['--form', `certificate=@${this.file(certificate)}`, '--form', `privateKey=@${this.file(key)}`];
    return this.send('/rcs/certificates', ...files, ...more.flatMap(field => ['--form', field]));
  }

  /** A private key as the gateway takes it. */
  async sealed(pem: Buffer): Promise<{ vault: string; jwe: string }[]> {
    const pkcs8 = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
    const { importKeys } = bodyOf<{ importKeys: { vault: string; publicKey: object }[] }>(
      await this.send('/rcs/keys/import-keys'),
    );
    return Promise.all(
      importKeys.map(async ({ vault, publicKey }) => ({
        vault,
        jwe: await encryptToPublicKey(JSON.stringify(publicKey), pkcs8),
      })),
    );
  }

  json(method: string, path: string, body: object): Promise<CurlAnswer> {
    const data = ['--header', 'Content-Type: application/json', '--data-binary', JSON.stringify(body)];
    return this.send(path, '--request', method, ...data);
  }
}

/** The JSON of an answer. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says what the caller expects
export const bodyOf = <T = Record<string, unknown>>(answer: CurlAnswer): T => JSON.parse(answer.body.toString()) as T;
