import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { RecordingStore, User } from '#store';
import { Authenticated, AuthenticatedOrRecorder } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import { ExternalUrl } from '../http/external-url.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { RecordingInsertionService, requireRecorder } from './recording-insertion.service.js';
import { knownLengths } from './known-lengths.js';
import { recordingResource } from './recording-resource.js';

/** The recording resource for users. */
@Controller('api/v2/recordings')
@Authenticated()
export class RecordingController {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly authorisation: AuthorisationService,
    private readonly externalUrl: ExternalUrl,
  ) {}

  /** The recorder reads none: 403 tells it that an id is taken, before it stores anything. */
  @Get(':id')
  @AuthenticatedOrRecorder()
  async get(@CurrentUser() user: User, @Param('id') id: string) {
    const recording = await this.recordings.find(id);
    if (recording === undefined) throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(id)}`);
    await this.authorisation.authorise(user, recording);
    const lengths = await knownLengths(this.recordings, recording);
    return { ...recordingResource(recording, this.externalUrl.value, lengths), statusCode: 0 };
  }
}

/** What the recording processor calls. */
@Controller('internal-api/contact-centers/:contactCenter/recordings')
@AuthenticatedOrRecorder(requireRecorder)
export class RecordingInsertionController {
  constructor(
    private readonly insertion: RecordingInsertionService,
    private readonly externalUrl: ExternalUrl,
  ) {}

  @Post()
  async insert(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @Body() body: unknown,
  ) {
    const { recording, result } = await this.insertion.insert({
      user,
      contactCenter,
      body,
      address: request.ip,
      requestId: request.id,
    });
    void reply.status(result === 'created' ? 201 : 200);
    return { ...recordingResource(recording, this.externalUrl.value), statusCode: 0 };
  }
}
