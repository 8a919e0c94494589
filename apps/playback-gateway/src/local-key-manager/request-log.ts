import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isTimeOfCalendar, RcsError, type LocalKeyManagerConfiguration } from '#platform';
import type { KeyManagerOwner, LocalKeyManagerStore, LoggedRequest, RequestLogQuery } from '#store';
import { KEY_MANAGER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { writtenPath } from '../http/request-target.js';

/** A line of the log on the wire. */
export interface LoggedRequestResource {
  readonly id: string;
  readonly userId: string;
  readonly requestUri: string;
  readonly requestMethod: string;
  /** Year, month, day, hour, minute, second, nanosecond; trailing zeros of the time of day are left out. */
  readonly timestamp: readonly number[];
  readonly timestampString: string;
}

/** Of a caller that does not say for whom it calls. */
const noUserId = 'NO-USER-ID';
const userIdHeader = 'purecloud-user-id';
const longestUserId = 128;
const defaultEntries = 100;
const mostEntries = 10_000;

/** Who called what and when, for Genesys Cloud's administrators; the audit is kept beside it and cannot be cleared. */
@Injectable()
export class RequestLog {
  /** Lines that are kept of each contact center. */
  private readonly limit: number;

  constructor(
    @Inject(storeTokens.localKeyManager) private readonly store: LocalKeyManagerStore,
    @Inject(KEY_MANAGER_SETTINGS) { requestLogLimit }: Pick<LocalKeyManagerConfiguration, 'requestLogLimit'>,
  ) {
    this.limit = requestLogLimit;
  }

  async write(request: FastifyRequest, owner: KeyManagerOwner): Promise<void> {
    const entry: LoggedRequest = {
      id: randomUUID(),
      userId: userIdOf(request),
      requestUri: writtenPath(request),
      requestMethod: request.method,
      time: Date.now(),
    };
    await this.store.logRequest(entry, owner, this.limit);
  }

  async read(query: RequestLogQuery, owner: KeyManagerOwner): Promise<readonly LoggedRequestResource[]> {
    return (await this.store.loggedRequests(query, owner)).map(resource);
  }

  clear(owner: KeyManagerOwner): Promise<void> {
    return this.store.clearRequestLog(owner);
  }
}

/** The user of Genesys Cloud on whose behalf a request comes. */
export function userIdOf(request: FastifyRequest): string {
  const value = request.headers[userIdHeader];
  return typeof value === 'string' && value !== '' ? value.slice(0, longestUserId) : noUserId;
}

/** @throws RcsError RCS_INVALID_VALUE naming the parameter. */
export function requestLogQuery(parameters: Readonly<Record<string, unknown>>): RequestLogQuery {
  return {
    maxEntries: entries(parameters.maxEntries),
    earliest: time('earliestTime', parameters.earliestTime) ?? 0,
    latest: time('latestTime', parameters.latestTime) ?? Number.MAX_SAFE_INTEGER,
  };
}

/** Scripts made for the example service, which has no limit, may ask for more lines than are given at once. */
function entries(value: unknown): number {
  if (value === undefined || value === '') return defaultEntries;
  if (typeof value === 'string' && /^0*[1-9]\d*$/.test(value)) return Math.min(Number(value), mostEntries);
  throw invalid('maxEntries must be a whole number, 1 or more');
}

/** ISO 8601; without a zone it is the time of this server, as the log shows it. */
function time(name: string, value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  const text = typeof value === 'string' ? value.replace(' ', '+') : '';
  const milliseconds =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text) && isTimeOfCalendar(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds;
  throw invalid(`${name} must be an ISO 8601 time such as 2026-08-31T13:49:22.444`);
}

const invalid = (detail: string): RcsError => new RcsError('RCS_INVALID_VALUE', detail, { publicDetail: detail });

function resource({ time: milliseconds, ...entry }: LoggedRequest): LoggedRequestResource {
  const date = new Date(milliseconds);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes()];
  const [second, nanosecond] = [date.getSeconds(), date.getMilliseconds() * 1_000_000];
  const rest = nanosecond > 0 ? [second, nanosecond] : second > 0 ? [second] : [];
  const two = (value: number): string => String(value).padStart(2, '0');
  const [year = 0, month = 0, dayOfMonth = 0, hour = 0, minute = 0] = day;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return {
    ...entry,
    timestamp: [...day, ...rest],
    timestampString: `${year}-${two(month)}-${two(dayOfMonth)}T${clock}`,
  };
}
