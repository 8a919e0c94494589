import type { Server } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

type Settings = Pick<ServerSettings, 'externalUrl' | 'enableSsl' | 'listen'>;

/** How players reach this gateway, without a slash at the end: as configured, else where it listens. */
@Injectable()
export class ExternalUrl {
  private url: string | undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    @Inject(SERVER_SETTINGS) private readonly settings: Settings,
  ) {
    this.url = settings.externalUrl?.replace(/\/+$/, '');
  }

  get value(): string {
    this.url ??= listeningAt(this.adapter.httpAdapter.getHttpServer() as Server, this.settings);
    return this.url;
  }
}

/** The address of the server once it listens. */
export function listeningAt(
  server: Server,
  { enableSsl, listen }: Pick<ServerSettings, 'enableSsl' | 'listen'>,
): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listen.port;
  return `${enableSsl ? 'https' : 'http'}://${listen.host}:${port}`;
}
