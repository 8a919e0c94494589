import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endingWithUs, reservePort } from '#platform';
import type { ReadyLine } from '../support/cluster/running-cluster.js';
import { endChild } from '../support/waiting/end-child.js';
import { answering, listening } from './answering.js';
import { processCpuMs } from './process-cpu.js';

const uploadTimeoutMs = 300_000;

/** `rclone serve http` over its own encryption over the same WebDAV: one process that decrypts and verifies what it serves. */
export class RcloneServer {
  private constructor(
    /** Base URL. */
    readonly url: string,
    private readonly arguments_: readonly string[],
    private readonly child: ReturnType<typeof spawn>,
  ) {}

  /** @param tls by which it is served over TLS: PEM files */
  static async start(
    directory: string,
    { url, user, password }: ReadyLine['webdav'],
    tls?: { readonly certificateFile: string; readonly keyFile: string },
  ): Promise<RcloneServer> {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'rclone.conf');
    const dav = ['type = webdav', `url = ${url}`, 'vendor = other', `user = ${user}`, `pass = ${obscured(password)}`];
    const secret = obscured(randomBytes(16).toString('hex'));
    const crypt = ['type = crypt', 'remote = dav:rclone', `password = ${secret}`, 'filename_encryption = off'];
    writeFileSync(file, ['[dav]', ...dav, '[crypt]', ...crypt, ''].join('\n'), { mode: 0o600 });
    const arguments_ = ['--config', file, '--log-level', 'ERROR'];
    execFileSync('rclone', ['mkdir', 'crypt:', ...arguments_], { timeout: uploadTimeoutMs });
    const port = await reservePort();
    const identity = tls === undefined ? [] : ['--cert', tls.certificateFile, '--key', tls.keyFile];
    const own = ['--addr', `127.0.0.1:${port}`, '--dir-cache-time', '1s', ...identity];
    const serve = ['serve', 'http', 'crypt:', ...own, ...arguments_];
    const child = spawn(...endingWithUs('rclone', serve), { stdio: ['ignore', 'inherit', 'inherit'] });
    const scheme = tls === undefined ? 'http' : 'https';
    const server = new RcloneServer(`${scheme}://127.0.0.1:${port}`, arguments_, child);
    await (tls === undefined ? answering(server.url) : listening(port));
    return server;
  }

  /** Encrypts and stores; answers the path by which it is served. */
  put(name: string, media: Buffer): string {
    const options = { input: media, timeout: uploadTimeoutMs };
    execFileSync('rclone', ['rcat', `crypt:${name}`, ...this.arguments_], options);
    return `/${name}`;
  }

  /** The same of a file that is too large for memory. */
  putFile(name: string, file: string): string {
    execFileSync('rclone', ['copyto', file, `crypt:${name}`, ...this.arguments_], { timeout: uploadTimeoutMs });
    return `/${name}`;
  }

  /** Processor time that it has used so far, milliseconds. */
  cpuMs(): number {
    if (this.child.pid === undefined) throw new Error('rclone has not started');
    return processCpuMs(this.child.pid);
  }

  stop(): Promise<unknown> {
    return endChild('rclone', this.child);
  }
}

/** rclone keeps passwords so, which hides nothing. */
const obscured = (password: string): string =>
  execFileSync('rclone', ['obscure', '-'], { input: password, timeout: 30_000 }).toString().trim();
