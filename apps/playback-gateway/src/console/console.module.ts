import { join } from 'node:path';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '#platform';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { ConsoleController, EntranceController } from './console.controller.js';
import { leadFromDirectory } from './console-directory.js';
import { ConsoleFiles } from './console-files.js';

/** Where the build puts it, from where this module is compiled to: dist/console. */
const directory = join(__dirname, '../../../../console');

@Module({
  controllers: [EntranceController, ConsoleController],
  providers: [
    { provide: ConsoleFiles, useFactory: (logger: Logger) => new ConsoleFiles(directory, logger), inject: [LOGGER] },
  ],
})
export class ConsoleModule implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly files: ConsoleFiles,
  ) {}

  onModuleInit(): void {
    leadFromDirectory(this.adapter.httpAdapter.getInstance<FastifyInstance>(), this.files);
  }
}
