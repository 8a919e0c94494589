import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { Recording, RemovalStore, User } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { AuthorisationService } from './authorisation.service.js';
import { KnownRecordings } from './known-recordings.js';

/** Recordings by their ids, as far as a user may read them. */
@Injectable()
export class ReadableRecordings {
  constructor(
    private readonly recordings: KnownRecordings,
    @Inject(storeTokens.removals) private readonly removals: Pick<RemovalStore, 'hasRemoved'>,
    private readonly authorisation: AuthorisationService,
  ) {}

  /** @throws RcsError RCS_RECORDING_NOT_FOUND, RCS_INSUFFICIENT_ROLE, RCS_INSUFFICIENT_PERMISSION, RCS_RECORDING_SOURCE_* */
  async find(user: User, id: string): Promise<Recording> {
    const recording = await this.recordings.find(user, id);
    if (recording === undefined) {
      // The recorder learns that an id is taken, before it stores anything: that of a removed recording is as well.
      if (user.roles.includes('recorder') && (await this.removals.hasRemoved(id)))
        throw new RcsError('RCS_INSUFFICIENT_ROLE', `recording ${JSON.stringify(id)} was removed`);
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(id)}`);
    }
    await this.authorisation.authorise(user, recording);
    return recording;
  }
}
