import { Controller, Get, Header, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RcsError } from '#platform';
import { Public } from '../access/access-rule.js';
import { ConsoleFiles, type ConsoleFile } from './console-files.js';
import { consolePolicy } from './console-policy.js';

/** Where somebody begins who types the name of the server. Open to everybody, because they log in on the console. */
@Controller()
@Public()
export class EntranceController {
  constructor(private readonly files: ConsoleFiles) {}

  /** Browsers are led to the console; programs find nothing here. */
  @Get()
  @Header('vary', 'accept')
  enter(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): void {
    if (!this.files.isBuilt || accept?.includes('text/html') !== true) throw new RcsError('RCS_NOT_FOUND', 'no page');
    void reply.status(302).header('location', 'console');
  }
}

/**
 * The console: one page and what it is made of. Open to everybody, because people log in on it; it holds nothing but what
 * is published anyway. Every address in it is relative, so that a proxy may put the gateway below any path.
 */
@Controller('console')
@Public()
export class ConsoleController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get()
  @Header('cache-control', 'no-cache')
  @Header('content-security-policy', consolePolicy)
  @Header('cross-origin-opener-policy', 'same-origin')
  async page(
    @Headers('accept-encoding') encodings: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return sent(await this.files.page(acceptsGzip(encodings)), reply);
  }

  /** Their names change with what they hold. */
  @Get(':file')
  async file(
    @Param('file') name: string,
    @Headers('accept-encoding') encodings: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.files.file(name, acceptsGzip(encodings));
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    return sent(file, reply);
  }
}

/** Whether `gzip` is among the codings and not refused (RFC 9110 section 12.5.3). */
const acceptsGzip = (encodings: string | undefined): boolean =>
  encodings !== undefined && /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(encodings);

function sent({ content, type, encoding }: ConsoleFile, reply: FastifyReply): StreamableFile {
  void reply.header('vary', 'accept-encoding');
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return new StreamableFile(content, { type, length: content.length });
}
