import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AssignmentTarget } from '#store';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { parseInput } from '../http/request-input.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { AssignmentService } from './assignment.service.js';

export const assignmentSchema = z.strictObject({
  aliases: z
    .array(aliasSchema)
    .max(64)
    .refine(aliases => new Set(aliases).size === aliases.length, 'every alias may occur once'),
  /** `record unencrypted`, for an empty list. */
  confirm: z.string().optional(),
});
export const annexSchema = z.strictObject({ annex: z.string().max(1_000_000), confirm: z.string().optional() });
export const confirmationSchema = z.strictObject({ confirm: z.string().optional() }).prefault({});

const profileName = z.string().regex(/^[^/\\\p{Cc}\p{Cs}]{1,255}$/u, 'must be 1 to 255 characters without slashes');
const profile = (name: string): AssignmentTarget => ({
  kind: 'ivr-profile',
  name: parseInput(profileName, name),
});
const screens: AssignmentTarget = { kind: 'screen-recording' };

/** Certificates of IVR profiles. */
@Controller('rcs/ivr-profiles')
@CertificateAdministrators()
export class IvrProfileController {
  constructor(private readonly assignments: AssignmentService) {}

  @Get()
  async list(@Req() request: FastifyRequest) {
    return { ivrProfiles: await this.assignments.profiles(administratorOf(request).contactCenter) };
  }

  @Get(':name/certificates')
  get(@Req() request: FastifyRequest, @Param('name') name: string) {
    return this.assignments.view(administratorOf(request).contactCenter, profile(name));
  }

  @Put(':name/certificates')
  put(@Req() request: FastifyRequest, @Param('name') name: string, @Body() body: unknown) {
    const { aliases, confirm } = parseInput(assignmentSchema, body);
    return this.assignments.assign(administratorOf(request), profile(name), aliases, confirm);
  }

  @Delete(':name/certificates')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('name') name: string, @Body() body: unknown) {
    const { confirm } = parseInput(confirmationSchema, body ?? {});
    await this.assignments.unassign(administratorOf(request), profile(name), confirm);
  }

  @Get(':name/annex')
  async exportAnnex(@Req() request: FastifyRequest, @Param('name') name: string) {
    return { annex: await this.assignments.exportAnnex(administratorOf(request).contactCenter, profile(name)) };
  }

  @Put(':name/annex')
  importAnnex(@Req() request: FastifyRequest, @Param('name') name: string, @Body() body: unknown) {
    const { annex, confirm } = parseInput(annexSchema, body);
    return this.assignments.importAnnex(administratorOf(request), profile(name), annex, confirm);
  }
}

/** Certificates of screen recordings. */
@Controller('rcs/screen-recording-certificates')
@CertificateAdministrators()
export class ScreenRecordingCertificateController {
  constructor(private readonly assignments: AssignmentService) {}

  @Get()
  get(@Req() request: FastifyRequest) {
    return this.assignments.view(administratorOf(request).contactCenter, screens);
  }

  @Put()
  put(@Req() request: FastifyRequest, @Body() body: unknown) {
    const { aliases, confirm } = parseInput(assignmentSchema, body);
    return this.assignments.assign(administratorOf(request), screens, aliases, confirm);
  }
}
