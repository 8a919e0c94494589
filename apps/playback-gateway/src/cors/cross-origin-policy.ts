import { Inject, Injectable } from '@nestjs/common';
import { traceparentHeader, tracestateHeader, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { conditionFields } from '../http/condition-fields.js';
import { csrfNameHeader, csrfTokenHeader } from '../csrf/csrf-protection.js';
import { ContactCenterOrigins } from './contact-center-origins.js';
import { OriginPatterns } from './origin-pattern.js';

type Settings = ServerSettings['crossOriginSettings'];

/** Who may use an answer: nobody, the users of some contact centers, or everybody. */
export type OriginVerdict = 'refused' | 'everybody' | ReadonlySet<string>;

/** What players and clients of this API need whatever else is configured; without them seeking or CSRF tokens fail. */
const neededRequestHeaders = [
  csrfTokenHeader,
  ...Object.values(conditionFields),
  'Cache-Control',
  'Pragma',
  'X-Request-Id',
  traceparentHeader,
  tracestateHeader,
];
const neededExposedHeaders = [
  csrfNameHeader,
  csrfTokenHeader,
  'Content-Range',
  'Accept-Ranges',
  'Content-Length',
  'ETag',
  'Content-Disposition',
  'X-Request-Id',
  'Retry-After',
  'Rcs-Content-Proof',
];

export interface Preflight {
  readonly method: string;
  /** Access-Control-Request-Headers as it came. */
  readonly headers: string | undefined;
}

/** Decides by the configuration which pages of other origins may use this API (Fetch standard, section 3.2). */
@Injectable()
export class CrossOriginPolicy {
  private readonly settings: Settings;
  private readonly patterns: OriginPatterns;
  private readonly methods: readonly string[];
  private readonly requestHeaders: readonly string[];
  private readonly exposedHeaders: string;

  constructor(
    @Inject(SERVER_SETTINGS) { crossOriginSettings: settings }: Pick<ServerSettings, 'crossOriginSettings'>,
    private readonly contactCenters: ContactCenterOrigins,
  ) {
    this.settings = settings;
    this.patterns = new OriginPatterns(settings.allowedOrigins);
    this.methods = union(settings.allowedMethods, ['HEAD']);
    this.requestHeaders = union(settings.allowedHeaders, neededRequestHeaders);
    this.exposedHeaders = union(settings.exposedHeaders, neededExposedHeaders).join(',');
  }

  async judge(origin: string): Promise<OriginVerdict> {
    if (this.patterns.match(origin)) return 'everybody';
    const allowing = await this.contactCenters.allowing(origin);
    return allowing.size === 0 ? 'refused' : allowing;
  }

  allowsPreflight({ method, headers = '' }: Preflight): boolean {
    const known = new Set(this.requestHeaders.map(name => name.toLowerCase()));
    const asked = headers.split(',').map(name => name.trim().toLowerCase());
    return this.methods.includes(method) && asked.every(name => name === '' || known.has(name));
  }

  preflightHeaders(origin: string): Record<string, string> {
    return {
      ...this.originHeaders(origin),
      'access-control-allow-methods': this.methods.join(','),
      'access-control-allow-headers': this.requestHeaders.join(','),
      'access-control-max-age': `${this.settings.corsFilterCacheTimeToLive}`,
    };
  }

  answerHeaders(origin: string): Record<string, string> {
    return { ...this.originHeaders(origin), 'access-control-expose-headers': this.exposedHeaders };
  }

  private originHeaders(origin: string): Record<string, string> {
    const { allowCredentials } = this.settings;
    return {
      'access-control-allow-origin': origin,
      // The page was let in by CORS; without this, pages that ask to be isolated could not use the answer.
      'cross-origin-resource-policy': 'cross-origin',
      ...(allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    };
  }
}

/** Header names differ in case only as far as anybody is concerned. */
function union(configured: readonly string[], needed: readonly string[]): readonly string[] {
  const names = new Set(configured.map(name => name.toLowerCase()));
  return [...configured, ...needed.filter(name => !names.has(name.toLowerCase()))];
}
