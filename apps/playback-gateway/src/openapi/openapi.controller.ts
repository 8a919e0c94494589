import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { Authenticated } from '../access/access-rule.js';
import type { JsonSchema } from './named-schema.js';
import { openApiDocument } from './openapi-document.js';
import { openViewerFile, viewerPage, viewerPolicy } from './viewer.js';

/** The description of the API, and a page that shows it, for whoever may log in. */
@Controller('rcs')
@Authenticated()
export class OpenApiController {
  private document: JsonSchema | undefined;

  @Get('openapi.json')
  get(): JsonSchema {
    return (this.document ??= openApiDocument());
  }

  @Get('openapi')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', viewerPolicy)
  page(): string {
    return viewerPage;
  }

  @Get('openapi/:file')
  async file(@Param('file') name: string): Promise<StreamableFile> {
    const { content, type } = await openViewerFile(name);
    return new StreamableFile(content, { type, length: content.length });
  }
}
