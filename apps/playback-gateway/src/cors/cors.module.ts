import { Module } from '@nestjs/common';
import { ContactCenterOrigins } from './contact-center-origins.js';
import { CrossOriginPolicy } from './cross-origin-policy.js';

@Module({ providers: [ContactCenterOrigins, CrossOriginPolicy], exports: [CrossOriginPolicy] })
export class CorsModule {}
