import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { openApiDocument } from './openapi-document.js';

/** The description of the API, for whoever may log in. */
@Controller('rcs/openapi.json')
@UseGuards(AuthenticationGuard)
export class OpenApiController {
  private readonly document = openApiDocument();

  @Get()
  get() {
    return this.document;
  }
}
