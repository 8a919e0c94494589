import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { LocalKeyManagerConfiguration } from '#platform';
import { KEY_MANAGER_SETTINGS } from '../dependencies/injection-tokens.js';
import { signedTarget } from '../http/request-target.js';
import type { HawkRequest } from './hawk-authentication.js';

/** Host and port as callers know and sign them; configured where a proxy changes what arrives. */
@Injectable()
export class PublicHawkAddress {
  private readonly host: string | undefined;
  private readonly port: number | undefined;

  constructor(
    @Inject(KEY_MANAGER_SETTINGS)
    { publicHost, publicPort }: Pick<LocalKeyManagerConfiguration, 'publicHost' | 'publicPort'>,
  ) {
    this.host = publicHost;
    this.port = publicPort;
  }

  /** What the signature of a request covers. */
  signed(request: FastifyRequest): HawkRequest {
    const { headers, protocol } = request;
    const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(headers.host ?? '') ?? [];
    return {
      method: request.method,
      target: signedTarget(request),
      host: this.host ?? host,
      port: this.port ?? Number(port ?? (protocol === 'https' ? 443 : 80)),
      authorization: headers.authorization,
      contentType: headers['content-type'] ?? '',
    };
  }
}
