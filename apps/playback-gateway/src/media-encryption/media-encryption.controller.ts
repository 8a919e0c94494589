import { Controller, HttpCode, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import {
  finishEncryptionSchema,
  placesSchema,
  planEncryptionSchema,
  type FinishEncryption,
  type Places,
  type PlanEncryption,
} from './media-encryption.schema.js';
import { MediaEncryptionService, type EncryptionActor } from './media-encryption.service.js';
import { StoredPlaces } from './stored-places.js';

/**
 * Encryption of recordings that lie plain in a storage, for administrators of their contact center. The recorder may not:
 * what it inserted once is not its own to exchange.
 */
@Controller('rcs/media-encryptions')
@Authenticated(administeredContactCenter)
export class MediaEncryptionController {
  constructor(
    private readonly places: StoredPlaces,
    private readonly encryptions: MediaEncryptionService,
  ) {}

  /** Which recordings name these stored files. */
  @Post('places')
  @HttpCode(200)
  async look(@CurrentUser() user: User, @ValidBody(placesSchema) { paths }: Places) {
    return { places: await this.places.of(paths, administeredContactCenter(user)) };
  }

  /** Where the encrypted file of a plain one is to be stored. */
  @Post()
  @HttpCode(201)
  async plan(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(planEncryptionSchema) asked: PlanEncryption,
  ) {
    return this.encryptions.plan(asked, actorOf(request, user));
  }

  /** Compares what is stored there with the plain file, and puts it in its place. */
  @Put()
  async finish(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(finishEncryptionSchema) asked: FinishEncryption,
  ) {
    return this.encryptions.finish(asked, actorOf(request, user));
  }
}

const actorOf = (request: FastifyRequest, user: User): EncryptionActor => ({
  ...auditedRequest(request, user),
  contactCenter: administeredContactCenter(user),
  requestId: request.id,
});
