import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RcsError } from '#platform';
import type { AuditLog, Recording, RecordingStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { cursorOf, positionOf, readableBy } from '../audit/audit-request.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidQuery } from '../http/valid-input.js';
import { inOrder, ListenerList, type Listener } from './listener-list.js';

export const listenersSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(100),
  cursor: z.string().min(1).max(1024).optional(),
});

/** Who listened to a recording, and to what of it, as the audit knows it; for those who may read the audit. */
@Controller('rcs/recordings/:id/listeners')
@Authenticated(readableBy)
export class ListenersController {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'find'>,
  ) {}

  /** By the time of their first listening, so that pages stay as they are when others listen meanwhile. */
  @Get()
  async list(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidQuery(listenersSchema) { limit, cursor }: z.output<typeof listenersSchema>,
  ): Promise<{ readonly listeners: readonly Listener[]; readonly nextCursor?: string }> {
    const recording = await this.readable(user, id);
    const after = cursor === undefined ? undefined : positionOf(cursor);
    await this.audit.append({
      event: 'listeners-read',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      recording: id,
    });
    const list = new ListenerList(recording);
    // Who was refused stands in the audit of their own contact center, and heard nothing.
    const { contactCenter } = recording;
    for await (const record of this.audit.query({ recording: id, contactCenter })) list.add(record);
    const rest = list.all().filter(({ position }) => after === undefined || inOrder(position, after) > 0);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      listeners: page.map(({ listener }) => listener),
      ...(last === undefined || rest.length === page.length ? {} : { nextCursor: cursorOf(last.position) }),
    };
  }

  /** @throws RcsError RCS_RECORDING_NOT_FOUND, of another contact center as well. */
  private async readable(user: User, id: string): Promise<Recording> {
    const recording = await this.recordings.find(id);
    const { contactCenter = recording?.contactCenter } = readableBy(user);
    if (recording !== undefined && recording.contactCenter === contactCenter) return recording;
    throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(id)}`);
  }
}
