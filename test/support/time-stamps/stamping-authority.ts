import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { within } from '../waiting/within.js';

const run = promisify(execFile);

export interface StampingOptions {
  /** Files, PEM: the certificate that signs, its key, and what else goes into answers. */
  readonly certificate: string;
  readonly key: string;
  readonly chain?: string;
  /** Lines that replace those of the configuration. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What an authority does instead of its work. */
export type Instead = (response: ServerResponse) => void;

/** A time-stamping authority (RFC 3161): `openssl ts -reply` behind HTTP. */
export class StampingAuthority {
  /** Requests so far. */
  asked = 0;
  /** In place of an answer, while it is set. */
  instead: Instead | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-stamping-'));
  private readonly server: Server;

  constructor(options: StampingOptions) {
    const { certificate, key, chain, settings = {} } = options;
    writeFileSync(join(this.directory, 'serial'), '01\n');
    const lines = {
      serial: join(this.directory, 'serial'),
      signer_cert: certificate,
      signer_key: key,
      ...(chain === undefined ? {} : { certs: chain }),
      signer_digest: 'sha256',
      default_policy: '1.2.3.4.1',
      digests: 'sha256,sha512',
      accuracy: 'secs:1',
      ess_cert_id_alg: 'sha256',
      ...settings,
    };
    const text = Object.entries(lines).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(this.directory, 'tsa.cnf'), ['[tsa]', 'default_tsa=this', '[this]', ...text, ''].join('\n'));
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  /** Its URL. */
  async listen(): Promise<string> {
    await within('listening', once(this.server.listen(0, '127.0.0.1'), 'listening'));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/tsa`;
  }

  /** The answer to a request, both DER. */
  async reply(query: Buffer): Promise<Buffer> {
    const file = join(this.directory, `${this.asked++}`);
    writeFileSync(`${file}.tsq`, query);
    const files = ['-queryfile', `${file}.tsq`, '-out', `${file}.tsr`];
    await run('openssl', ['ts', '-reply', '-config', join(this.directory, 'tsa.cnf'), '-section', 'this', ...files]);
    return readFile(`${file}.tsr`);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.directory, { recursive: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = await buffer(request);
    if (this.instead !== undefined) {
      this.asked++;
      this.instead(response);
      return;
    }
    const isOne = request.method === 'POST' && request.headers['content-type'] === 'application/timestamp-query';
    const body = isOne ? await this.reply(query) : Buffer.alloc(0);
    response.writeHead(isOne ? 200 : 415, { 'content-type': 'application/timestamp-reply' }).end(body);
  }
}
