import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { z } from 'zod';
import type { AssignmentTarget } from '#store';
import { ValidBody } from '../http/valid-input.js';
import { RequirePrivilege } from '../access/access-rule.js';
import { CertificateAdministrator, type Administrator } from '../access/certificate-administrator.js';
import { parseInput } from '#platform';
import { aliasSchema, profileNameSchema } from '../certificates/upload/certificate-input.js';
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

const profile = (name: string): AssignmentTarget => ({
  kind: 'ivr-profile',
  name: parseInput(profileNameSchema, name),
});
const screens: AssignmentTarget = { kind: 'screen-recording' };

/** Certificates of IVR profiles. */
@Controller('rcs/ivr-profiles')
@RequirePrivilege('administer-certificates')
export class IvrProfileController {
  constructor(private readonly assignments: AssignmentService) {}

  @Get()
  async list(@CertificateAdministrator() administrator: Administrator) {
    return { ivrProfiles: await this.assignments.profiles(administrator.contactCenter) };
  }

  @Get(':name/certificates')
  get(@CertificateAdministrator() administrator: Administrator, @Param('name') name: string) {
    return this.assignments.view(administrator.contactCenter, profile(name));
  }

  @Put(':name/certificates')
  put(
    @CertificateAdministrator() administrator: Administrator,
    @Param('name') name: string,
    @ValidBody(assignmentSchema) { aliases, confirm }: z.output<typeof assignmentSchema>,
  ) {
    return this.assignments.assign(administrator, profile(name), aliases, confirm);
  }

  @Delete(':name/certificates')
  @HttpCode(204)
  async remove(
    @CertificateAdministrator() administrator: Administrator,
    @Param('name') name: string,
    @ValidBody(confirmationSchema) { confirm }: z.output<typeof confirmationSchema>,
  ) {
    await this.assignments.unassign(administrator, profile(name), confirm);
  }

  @Get(':name/annex')
  async exportAnnex(@CertificateAdministrator() administrator: Administrator, @Param('name') name: string) {
    return { annex: await this.assignments.exportAnnex(administrator.contactCenter, profile(name)) };
  }

  @Put(':name/annex')
  importAnnex(
    @CertificateAdministrator() administrator: Administrator,
    @Param('name') name: string,
    @ValidBody(annexSchema) { annex, confirm }: z.output<typeof annexSchema>,
  ) {
    return this.assignments.importAnnex(administrator, profile(name), annex, confirm);
  }
}

/** Certificates of screen recordings. */
@Controller('rcs/screen-recording-certificates')
@RequirePrivilege('administer-certificates')
export class ScreenRecordingCertificateController {
  constructor(private readonly assignments: AssignmentService) {}

  @Get()
  get(@CertificateAdministrator() administrator: Administrator) {
    return this.assignments.view(administrator.contactCenter, screens);
  }

  @Put()
  put(
    @CertificateAdministrator() administrator: Administrator,
    @ValidBody(assignmentSchema) { aliases, confirm }: z.output<typeof assignmentSchema>,
  ) {
    return this.assignments.assign(administrator, screens, aliases, confirm);
  }
}
