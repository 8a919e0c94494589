import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { contentTreePath, inspectPath, type WorkerRegistration } from '#contracts';
import { GrantVerifier, type PlaybackGrant } from '#grants';
import { internalTlsOptions, RcsError, toProblemDetails, type InternalIdentity } from '#platform';

/** What a worker finds at a location; an error is what it answers instead. */
export type Found = object | RcsError | 'silence';

/** The data plane of a worker: real HTTPS and grants; what lies in the storage is made up. */
export class InspectingWorker {
  readonly asked: { readonly path: string; readonly grant: PlaybackGrant; readonly declared?: string }[] = [];
  readonly inspections = new Map<string, Found>();
  readonly contentTrees = new Map<string, Found>();
  private readonly server: Server;

  constructor(identity: InternalIdentity, authorityPem: Buffer) {
    const grants = new GrantVerifier({ current: { caPem: authorityPem } });
    this.server = createServer({ ...internalTlsOptions(identity), requestCert: true }, (request, response) => {
      void json(request).then(body => {
        const { grant: jws, declared } = body as { grant: string; declared?: string };
        const grant = grants.verify(jws);
        const path = request.url ?? '';
        this.asked.push({ path, grant, ...(declared === undefined ? {} : { declared }) });
        const answers = { [inspectPath]: this.inspections, [contentTreePath]: this.contentTrees }[path];
        answer(answers?.get(grant.location.path) ?? new RcsError('RCS_STORAGE_FILE_MISSING'), response);
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
  }

  get registration(): WorkerRegistration {
    const { port } = this.server.address() as AddressInfo;
    return { instance: 'worker-1', url: `https://127.0.0.1:${port}`, inFlight: 0, version: '0.1.0' };
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

function answer(found: Found, response: ServerResponse): void {
  if (found === 'silence') return;
  const [status, body] = found instanceof RcsError ? [found.definition.http, toProblemDetails(found)] : [200, found];
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
}
