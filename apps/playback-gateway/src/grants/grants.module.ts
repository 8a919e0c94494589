import { Module } from '@nestjs/common';
import { GrantIssuer } from './grant-issuer.js';

@Module({ providers: [GrantIssuer], exports: [GrantIssuer] })
export class GrantsModule {}
