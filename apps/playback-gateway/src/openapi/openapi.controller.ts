import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../access/access-rule.js';
import type { JsonSchema } from './named-schema.js';
import { openApiDocument } from './openapi-document.js';

/** The description of the API, for whoever may log in. */
@Controller('rcs/openapi.json')
@Authenticated()
export class OpenApiController {
  private document: JsonSchema | undefined;

  @Get()
  get(): JsonSchema {
    return (this.document ??= openApiDocument());
  }
}
