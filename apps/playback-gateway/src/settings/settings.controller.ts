import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseQuery, RcsError } from '#platform';
import type { AuditLog, Setting, SettingName, SettingStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ExternalUrl } from '../http/external-url.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { locationPath, nearest } from './location-path.js';
import {
  describedGroup,
  ivrProfileGroup,
  settingGroup,
  settingGroups,
  settingValue,
  type AskedStorages,
} from './setting-kinds.js';
import { RecordingsInStorages } from './recordings-in-storages.js';
import { SetStorages, storagesOf } from './set-storages.service.js';

/** More would make every search of a storage long. */
const mostSettings = 200;

const name = z.string().min(1).max(256);
/** Which of them, and of what form, the name of the setting says. */
const askedValue = z.union([z.string().max(8192), z.array(z.record(z.string().max(64), z.unknown())).max(16)]);
const confirm = z
  .string()
  .max(32)
  .optional()
  .describe('how many recordings lie in a storage that goes with it, as the refusal says');
export const putSettingSchema = z.strictObject({
  name,
  location: locationPath.default('/'),
  value: askedValue,
  confirm,
});
export const removeSettingSchema = z.strictObject({ name, confirm });
/** The original asks for all groups with it. */
export const settingGroupsQuerySchema = z.strictObject({ subresources: z.literal('*').optional() });
export const settingsQuerySchema = z.strictObject({
  location: locationPath.optional().describe('only what is set for exactly this location'),
  effective: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: what holds at the location, of several that of the longest location around it'),
  subresources: z.literal('*').optional().describe('the original asks with it; settings are always there'),
});
export const removeSettingQuerySchema = z.strictObject({ location: locationPath.default('/') });

/** What administrators set for their own contact center: storages of screen recordings, by location, and where these play. */
@Controller('api/v2/settings')
@Authenticated(administeredContactCenter)
export class SettingsController {
  constructor(
    @Inject(storeTokens.settings) private readonly settings: SettingStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly storages: SetStorages,
    private readonly recordings: RecordingsInStorages,
    private readonly externalUrl: ExternalUrl,
  ) {}

  @Get()
  groups(@Query() query: unknown) {
    parseQuery(settingGroupsQuerySchema, query);
    return {
      statusCode: 0,
      settings: Object.keys(settingGroups).map(group => describedGroup(group, this.externalUrl.value)),
    };
  }

  @Get(':group')
  async get(
    @CurrentUser() user: User,
    @Param('group') group: string,
    @ValidQuery(settingsQuerySchema) { location, effective }: z.output<typeof settingsQuerySchema>,
  ) {
    settingGroup(group);
    const all = (await this.settings.list(administeredContactCenter(user))).filter(one => one.group === group);
    const settings =
      effective === 'true'
        ? [...new Set(all.map(one => one.name))].flatMap(wanted => {
            const found = nearest(
              all.filter(one => one.name === wanted),
              location ?? '/',
            );
            return found === undefined ? [] : [found];
          })
        : all.filter(one => location === undefined || one.location === location);
    return { statusCode: 0, ...describedGroup(group, this.externalUrl.value), settings: settings.map(shown) };
  }

  @Post(':group')
  @HttpCode(200)
  post(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('group') group: string,
    @ValidBody(putSettingSchema) asked: z.output<typeof putSettingSchema>,
  ) {
    return this.change(request, user, group, asked);
  }

  /** As POST. */
  @Put(':group')
  put(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('group') group: string,
    @ValidBody(putSettingSchema) asked: z.output<typeof putSettingSchema>,
  ) {
    return this.change(request, user, group, asked);
  }

  /** Nothing is removed in a storage that is taken back. */
  @Delete(':group')
  async remove(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('group') group: string,
    @ValidQuery(removeSettingQuerySchema) { location }: z.output<typeof removeSettingQuerySchema>,
    @ValidBody(removeSettingSchema) { name: removed, confirm: confirmed }: z.output<typeof removeSettingSchema>,
  ) {
    settingGroup(group);
    const setting = { contactCenter: administeredContactCenter(user), group, name: removed, location };
    const all = await this.settings.list(setting.contactCenter);
    if (!all.some(one => isOf(one, setting))) {
      throw new RcsError('RCS_NOT_FOUND', undefined, {
        publicDetail: 'nothing of this name is set for exactly this location',
      });
    }
    const left = all.filter(one => !isOf(one, setting));
    await this.recordings.confirm(setting.contactCenter, { before: all, after: left }, confirmed);
    await this.note(request, user, `removed: ${nameOf(setting)}`);
    await this.settings.remove(setting);
    return { statusCode: 0 };
  }

  private async change(request: FastifyRequest, user: User, group: string, asked: z.output<typeof putSettingSchema>) {
    const contactCenter = administeredContactCenter(user);
    const setting = { contactCenter, group, name: asked.name, location: asked.location };
    const value = settingValue(group, asked.name, asked.value);
    const { kept, places } =
      group === 'screen-recording' && asked.name === 'storage'
        ? this.storages.keep(contactCenter, value as AskedStorages)
        : { kept: value, places: [] };
    const all = await this.settings.list(contactCenter);
    const others = all.filter(one => !isOf(one, setting));
    if (others.length >= mostSettings)
      throw told('RCS_INVALID_VALUE', `a contact center has ${mostSettings} settings at most`);
    this.checkDbid(setting, value, others);
    const changed = { ...setting, value: JSON.stringify(kept), places };
    await this.recordings.confirm(contactCenter, { before: all, after: [...others, changed] }, asked.confirm);
    await this.note(request, user, `${nameOf(setting)}${places.length === 0 ? '' : `: ${places.join(', ')}`}`);
    // Not whose it is: the answer is the same as for what nobody may set.
    if ((await this.settings.put(changed)) === 'taken')
      throw told('RCS_MEDIA_LOCATION_REFUSED', 'this contact center may set no storage there');
    return { statusCode: 0, ...shown(changed) };
  }

  private async note(request: FastifyRequest, user: User, detail: string): Promise<void> {
    await this.audit.append({ event: 'setting-changed', outcome: 'allowed', ...auditedRequest(request, user), detail });
  }

  /** Two profiles of one DBID would make it a question of luck whom recordings are encrypted for. */
  private checkDbid({ group, name: profile, location }: SettingName, value: unknown, others: readonly Setting[]): void {
    if (group !== ivrProfileGroup) return;
    if (location !== '/') throw told('RCS_INVALID_VALUE', 'location: must be /, an IVR profile is the same everywhere');
    const other = others.find(one => one.group === group && one.value === JSON.stringify(value));
    if (other === undefined) return;
    throw told(
      'RCS_INVALID_VALUE',
      `value: ${JSON.stringify(other.name)} has this DBID, and not ${JSON.stringify(profile)}`,
    );
  }
}

/** A setting as it is answered: with everything but passwords. */
function shown(setting: Setting) {
  const { name: shownName, location, value } = setting;
  const storages = storagesOf(setting);
  if (storages.length === 0) return { name: shownName, location, value: JSON.parse(value) as unknown };
  return {
    name: shownName,
    location,
    value: storages.map(({ storageType, active, url, userName }) => ({
      storageType,
      active,
      credential: { ...(userName === undefined ? {} : { userName }), storagePath: url },
    })),
  };
}

const isOf = (one: SettingName, other: SettingName): boolean => nameOf(one) === nameOf(other);
const nameOf = ({ group, name: own, location }: SettingName): string => `${group} ${own} ${location}`;
const told = (code: 'RCS_INVALID_VALUE' | 'RCS_MEDIA_LOCATION_REFUSED', publicDetail: string): RcsError =>
  new RcsError(code, undefined, { publicDetail });
