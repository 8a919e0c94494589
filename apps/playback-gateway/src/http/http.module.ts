import { Module } from '@nestjs/common';
import { ExternalUrl } from './external-url.js';

@Module({ providers: [ExternalUrl], exports: [ExternalUrl] })
export class HttpModule {}
