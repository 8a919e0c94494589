import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject, Recording, RecordingStore, SearchPosition, User } from '#store';
import { Authenticated, AuthenticatedOrRecorder } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { ReadableRecordings } from '../authorisation/readable-recordings.js';
import { ExternalUrl } from '../http/external-url.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ValidQuery } from '../http/valid-input.js';
import { RecordingAnnotations } from './recording-annotations.js';
import { RecordingInsertionService, requireRecorder } from './recording-insertion.service.js';
import { knownLengths } from './known-lengths.js';
import { ScreenRecordingUrls } from './screen-recording-urls.js';
import { RecordingPrivacy } from './recording-privacy.js';
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
    private readonly externalUrl: ExternalUrl,
    private readonly finder: RecordingSearchService,
    private readonly annotations: RecordingAnnotations,
    private readonly screenUrls: ScreenRecordingUrls,
    private readonly readable: ReadableRecordings,
    private readonly privacy: RecordingPrivacy,
  ) {}

  /** A page of those that the user may see, the latest first. */
  @Get()
  @Authenticated(requireListener)
  async search(@CurrentUser() user: User, @ValidQuery(searchRecordingsSchema) asked: SearchRecordings) {
    requireCriteria(asked);
    await this.privacy.checkCriteria(user, asked);
    const { recordings, next, previous, isComplete } = await this.finder.search(user, asked);
    const url = this.externalUrl.value;
    const link = (towards: 'older' | 'newer', position: SearchPosition): string =>
      `${url}/api/v2/recordings?${pageQuery(asked, positionText(towards, position))}`;
    return {
      statusCode: 0,
      recordings: await this.resources(user, recordings),
      ...(next === undefined ? {} : { nextUri: link('older', next) }),
      ...(previous === undefined ? {} : { previousUri: link('newer', previous) }),
      ...(isComplete ? {} : { incomplete: true }),
    };
  }

  /** The recorder reads none: 403 tells it that an id is taken, before it stores anything. */
  @Get(':id')
  @AuthenticatedOrRecorder()
  async get(@CurrentUser() user: User, @Param('id') id: string) {
    const [resource] = await this.resources(user, [await this.readable.find(user, id)]);
    return { ...resource, statusCode: 0 };
  }

  private async resources(user: User, recordings: readonly Recording[]): Promise<readonly JsonObject[]> {
    const annotationsOf = await this.annotations.of(user, recordings);
    const screenUrlOf = await this.screenUrls.of(recordings);
    const shown = await this.privacy.for(user);
    return Promise.all(
      recordings.map(async recording => {
        const lengths = await knownLengths(this.recordings, recording);
        const resource = recordingResource(recording, this.externalUrl.value, lengths, screenUrlOf(recording));
        return { ...shown(recording, resource), ...annotationsOf(recording) };
      }),
    );
  }
}

/** What the recording processor calls, and the media server itself, which has the path of the recording processor. */
@Controller(['internal-api/contact-centers/:contactCenter/recordings', 'api/contact-centers/:contactCenter/recordings'])
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
    const { recording, result, warnings } = await this.insertion.insert({
      user,
      contactCenter,
      body,
      address: request.ip,
      requestId: request.id,
    });
    void reply.status(result === 'created' ? 201 : 200);
    return {
      ...recordingResource(recording, this.externalUrl.value),
      ...(warnings.length === 0 ? {} : { warnings }),
      statusCode: 0,
    };
  }
}
