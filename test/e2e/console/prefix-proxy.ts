import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { within } from '#test/waiting/within.js';

export interface PrefixProxy {
  readonly origin: string;
  /** Paths that were asked for outside of the prefix: the page would have left it. */
  readonly outside: readonly string[];
  /** Every request as it came over the wire: target, and body as it is. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/**
 * A proxy that has the gateway below a path, as `location /some/where/ { proxy_pass https://gateway/; }` puts it.
 * @param host what it says in the place of Host, which it keeps otherwise
 */
export async function prefixProxy(
  prefix: string,
  { gateway, caFile }: Pick<ReadyLine, 'gateway' | 'caFile'>,
  work: string,
  host?: string,
): Promise<PrefixProxy> {
  const names = ['-keyout', 'proxy.key', '-out', 'proxy.pem', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...names], {
    cwd: work,
    stdio: 'pipe',
    timeout: 60_000,
  });
  const [key, cert, ca] = [join(work, 'proxy.key'), join(work, 'proxy.pem'), caFile].map(file => readFileSync(file));
  const outside: string[] = [];
  const requests: string[] = [];
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const { url = '', method = '' } = incoming;
    const headers = host === undefined ? incoming.headers : { ...incoming.headers, host };
    if (!url.startsWith(`${prefix}/`)) {
      outside.push(url);
      outgoing.writeHead(404).end();
      return;
    }
    const forward = async (): Promise<void> => {
      const body = await buffer(incoming);
      requests.push(`${method} ${url} ${body.toString('latin1')}`);
      // The certificate is held against the address, whatever Host says.
      const forwarded = ask(gateway + url.slice(prefix.length), { method, headers, ca, servername: '' }, answer => {
        // A page that was left took its connection along.
        if (outgoing.destroyed) {
          answer.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, outgoing, () => undefined);
      });
      forwarded.on('error', () => outgoing.destroy()).end(body);
    };
    forward().catch(() => outgoing.destroy());
  });
  await within('the proxy to listen', new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)), 10_000);
  return {
    origin: `https://localhost:${String((server.address() as AddressInfo).port)}`,
    outside,
    requests,
    async stop() {
      server.closeAllConnections();
      await within('the proxy to end', new Promise(resolve => server.close(resolve)), 10_000);
    },
  };
}
