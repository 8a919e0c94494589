import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RcsError, type ListenerLimits } from '#platform';

/** Names that forms give to the fields; the seed's own labels are accepted too. */
const fieldNames: Readonly<Record<string, string>> = {
  certificateFile: 'certificate',
  key: 'privateKey',
  keyFile: 'privateKey',
  privateKeyPassword: 'password',
};

/** How many parts a form may have. */
export type FormLimits = Pick<ListenerLimits, 'maxFormFields' | 'maxFormFiles'>;

const longestFieldBytes = 1024 * 1024;
const mostHeaderPairs = 20;
/** The whole form is in memory: whatever takes longer than this does not end by itself. */
const parseTimeoutMs = 5000;

/** Routes that read forms; elsewhere a form is no media type. */
const formRoutes: ReadonlySet<string> = new Set(['/rcs/certificates', '/rcs/certificates/inspect']);

/** Reads multipart/form-data (RFC 7578) on the routes above, whole and bounded by the body limit of the server. */
export function acceptForms(fastify: FastifyInstance, limits: FormLimits): void {
  fastify.addContentTypeParser<Buffer>(
    'multipart/form-data',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer) => readForm(request, body, limits),
  );
}

async function readForm(request: FastifyRequest, body: Buffer, limits: FormLimits): Promise<Record<string, string>> {
  try {
    if (!formRoutes.has(request.routeOptions.url ?? '')) throw new RcsError('RCS_UNSUPPORTED_MEDIA_TYPE');
    return await parseForm(request.headers['content-type'] ?? '', body, limits);
  } finally {
    body.fill(0);
  }
}

/**
 * The fields of a form, and its files as text.
 * @throws RcsError RCS_INVALID_VALUE for a form that is cut off, not well-formed, or beyond the limits.
 */
export async function parseForm(
  contentType: string,
  body: Buffer,
  { maxFormFields, maxFormFiles }: FormLimits,
): Promise<Record<string, string>> {
  const fields: Record<string, string> = {};
  const keep = (name: string, value: string): void => {
    const field = Object.hasOwn(fieldNames, name) ? fieldNames[name] : name;
    // A form sends fields that nobody filled in.
    if (field !== undefined && (value !== '' || field === 'certificate')) fields[field] = value;
  };
  const files: Promise<void>[] = [];
  try {
    const form = new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        fields: maxFormFields,
        files: maxFormFiles,
        parts: maxFormFields + maxFormFiles,
        fieldSize: longestFieldBytes,
        headerPairs: mostHeaderPairs,
      },
    });
    form.on('field', (name, value, _nameCut, cut) => {
      if (cut) form.destroy(malformed(`a field of the form is longer than ${longestFieldBytes} bytes`));
      else keep(name, value);
    });
    form.on('file', (name, file) => {
      // Its stream fails with the form, and must have somebody who hears of it from the first moment.
      const reading = textOf(file).then(text => keep(name, text));
      reading.catch((error: unknown) => form.destroy(error as Error));
      files.push(reading);
    });
    for (const limit of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const) {
      form.on(limit, () =>
        form.destroy(malformed(`a form has at most ${maxFormFields} fields and ${maxFormFiles} files`)),
      );
    }
    await pipeline(Readable.from([body], { objectMode: false }), form, { signal: AbortSignal.timeout(parseTimeoutMs) });
    await Promise.all(files);
    return fields;
  } catch (error) {
    throw error instanceof RcsError ? error : malformed('the body is no well-formed multipart/form-data', error);
  }
}

async function textOf(file: BusboyFileStream): Promise<string> {
  const bytes = await buffer(file);
  try {
    return bytes.toString('latin1');
  } finally {
    bytes.fill(0);
  }
}

const malformed = (publicDetail: string, cause?: unknown): RcsError =>
  new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail, cause });
