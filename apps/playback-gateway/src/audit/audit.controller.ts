import { Readable } from 'node:stream';
import { Controller, Get, Inject, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, AuditRecord, User } from '#store';
import { ValidQuery } from '../http/valid-input.js';
import { auditedRequest } from '../http/audited-user.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { AuditProofs, type AuditProof } from './audit-proofs.js';
import {
  auditExportSchema,
  auditPageSchema,
  auditProofSchema,
  cursorOf,
  exportQuery,
  pageQuery,
  readableBy,
  type AuditPage,
  type AuditProofRequest,
  type AuditSelection,
} from './audit-request.js';

/** Reading the audit: pages for people, JSON lines for other systems. Reading is itself in the audit. */
@Controller('rcs/audit')
@Authenticated(readableBy)
export class AuditController {
  constructor(
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly proofs: AuditProofs,
  ) {}

  @Get()
  async page(@Req() request: FastifyRequest, @CurrentUser() user: User, @ValidQuery(auditPageSchema) page: AuditPage) {
    const readable = readableBy(user);
    const query = pageQuery(page);
    await this.record(request, user, query, 'audit-read');
    const records: AuditRecord[] = [];
    for await (const record of this.audit.query({ ...query, ...readable })) records.push(record);
    const last = records.at(-1);
    return { records, ...(last === undefined || records.length < query.limit ? {} : { nextCursor: cursorOf(last) }) };
  }

  @Get('export')
  async export(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidQuery(auditExportSchema) selection: AuditSelection,
  ): Promise<StreamableFile> {
    const readable = readableBy(user);
    const query = exportQuery(selection);
    await this.record(request, user, query, 'audit-exported');
    const lines = await primed(jsonLines(this.audit.query({ ...query, ...readable })));
    return new StreamableFile(Readable.from(lines, { objectMode: false, highWaterMark: 64 * 1024 }), {
      type: 'application/x-ndjson; charset=utf-8',
      disposition: 'attachment; filename="audit.jsonl"',
    });
  }

  /** What proves one record to somebody without the audit (docs/audit.md). */
  @Get('proof')
  async proof(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidQuery(auditProofSchema) { writer, sequence }: AuditProofRequest,
  ): Promise<AuditProof> {
    await this.record(request, user, { writer, sequence }, 'audit-proved');
    const proof = await this.proofs.prove(writer, sequence, readableBy(user));
    if (proof === undefined) throw new RcsError('RCS_NOT_FOUND');
    return proof;
  }

  private async record(request: FastifyRequest, user: User, query: object, event: string): Promise<void> {
    await this.audit.append({
      event,
      outcome: 'allowed',
      ...auditedRequest(request, user),
      detail: JSON.stringify(query),
    });
  }
}

async function* jsonLines(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

/** Waits for the first line, so that a log that cannot be read or a wrong time is an error and not an empty answer. */
async function primed(lines: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await lines.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    try {
      yield* lines;
    } catch (error) {
      throw new RcsError('RCS_AUDIT_UNAVAILABLE', 'an export of the audit broke off', { cause: error });
    }
  })();
}
