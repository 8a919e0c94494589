import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { RecordingStore, SearchPosition, User } from '#store';
import { Authenticated, AuthenticatedOrRecorder } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { AuthorisationService } from '../authorisation/authorisation.service.js';
import { ExternalUrl } from '../http/external-url.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ValidQuery } from '../http/valid-input.js';
import { RecordingInsertionService, requireRecorder } from './recording-insertion.service.js';
import { knownLengths } from './known-lengths.js';
import { recordingResource } from './recording-resource.js';
import { RecordingSearchService, requireListener } from './recording-search.service.js';
import {
  pageQuery,
  positionText,
  requireCriteria,
  searchRecordingsSchema,
  type SearchRecordings,
} from './search-recordings.schema.js';

/** The recording resource for users. */
@Controller('api/v2/recordings')
@Authenticated()
export class RecordingController {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    private readonly authorisation: AuthorisationService,
    private readonly externalUrl: ExternalUrl,
    private readonly finder: RecordingSearchService,
  ) {}

  /** A page of those that the user may see, the latest first. */
  @Get()
  @Authenticated(requireListener)
  async search(@CurrentUser() user: User, @ValidQuery(searchRecordingsSchema) asked: SearchRecordings) {
    requireCriteria(asked);
    const { recordings, next, previous, isComplete } = await this.finder.search(user, asked);
    const url = this.externalUrl.value;
    const link = (towards: 'older' | 'newer', position: SearchPosition): string =>
      `${url}/api/v2/recordings?${pageQuery(asked, positionText(towards, position))}`;
    return {
      statusCode: 0,
      recordings: await Promise.all(
        recordings.map(async each => recordingResource(each, url, await knownLengths(this.recordings, each))),
      ),
      ...(next === undefined ? {} : { nextUri: link('older', next) }),
      ...(previous === undefined ? {} : { previousUri: link('newer', previous) }),
      ...(isComplete ? {} : { incomplete: true }),
    };
  }

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
