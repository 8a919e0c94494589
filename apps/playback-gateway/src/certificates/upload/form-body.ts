import { Busboy } from '@fastify/busboy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';

/** Names that forms give to the fields; the seed's own labels are accepted too. */
const fieldNames: Readonly<Record<string, string>> = {
  certificateFile: 'certificate',
  key: 'privateKey',
  keyFile: 'privateKey',
  privateKeyPassword: 'password',
};
const limits = { fields: 20, files: 5, parts: 25, fieldSize: 1024 * 1024 };

/** Reads multipart/form-data (RFC 7578) below /rcs/certificates, whole and bounded by the body limit of the server. */
export function acceptForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request, body, done) => {
    readForm(request, body as Buffer).then(
      fields => done(null, fields),
      (error: unknown) => done(error as Error),
    );
  });
}

async function readForm(request: FastifyRequest, body: Buffer): Promise<Record<string, string>> {
  try {
    if (!request.url.startsWith('/rcs/certificates')) throw new RcsError('RCS_UNSUPPORTED_MEDIA_TYPE');
    return await parseForm(request.headers['content-type'] ?? '', body);
  } finally {
    body.fill(0);
  }
}

function parseForm(contentType: string, body: Buffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const malformed = (cause?: unknown): void =>
      reject(
        new RcsError('RCS_INVALID_VALUE', undefined, {
          publicDetail: 'the body is no well-formed multipart/form-data',
          cause,
        }),
      );
    const fields: Record<string, string> = {};
    const keep = (name: string, value: string): void => {
      const field = Object.hasOwn(fieldNames, name) ? fieldNames[name] : name;
      // A form sends fields that nobody filled in.
      if (field !== undefined && (value !== '' || field === 'certificate')) fields[field] = value;
    };
    try {
      const form = new Busboy({ headers: { 'content-type': contentType }, limits });
      form.on('field', keep);
      form.on('file', (name, file) => {
        const chunks: Buffer[] = [];
        file.on('data', (chunk: Buffer) => chunks.push(chunk));
        file.on('end', () => {
          keep(name, Buffer.concat(chunks).toString('latin1'));
          chunks.forEach(chunk => chunk.fill(0));
        });
      });
      form.on('error', malformed);
      form.on('finish', () => resolve(fields));
      form.end(body);
    } catch (error) {
      malformed(error);
    }
  });
}
