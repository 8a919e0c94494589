import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';

export const localKeyManagerPath = '/key-management/v1';

/** The largest request carries one RSA block; bytes. */
const maximumBodyBytes = 16 * 1024;

const rawBody = Symbol('rawBody');
type RequestWithBody = FastifyRequest & { [rawBody]?: Buffer };

/** Keeps the bytes of a body as they came, because Hawk may sign them. */
export function keepBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    // Callers announce JSON with every request, those without a body too.
    if (isLocalKeyManager(request) && !hasBody(request)) delete request.raw.headers['content-type'];
    done();
  });
  fastify.addHook('preParsing', async (request: RequestWithBody, _reply, payload) => {
    if (!isLocalKeyManager(request)) return payload;
    const body = await readAtMost(payload, maximumBodyBytes);
    request[rawBody] = body;
    return Readable.from([body], { objectMode: false });
  });
}

/** The body as it came; empty where there was none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return (request as RequestWithBody)[rawBody] ?? Buffer.alloc(0);
}

export const isLocalKeyManager = ({ url }: { readonly url: string }): boolean =>
  url.startsWith(`${localKeyManagerPath}/`);

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

async function readAtMost(stream: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) throw new RcsError('RCS_PAYLOAD_TOO_LARGE', `more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
