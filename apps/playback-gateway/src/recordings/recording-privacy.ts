import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { JsonObject, JsonValue, Recording, Setting, SettingStore, User } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { nearest } from '../settings/location-path.js';
import { privacyFieldsOf, recordingPrivacyGroup, recordingPrivacyNames } from '../settings/privacy-fields.js';

/** What a criterion of a search would tell of hidden fields, one guess at a time. */
const toldBy = {
  callerPhoneNumber: ['callerPhoneNumber', 'ani', 'phoneNumber'],
  dialedPhoneNumber: ['dialedPhoneNumber', 'dnis', 'phoneNumber'],
  userName: ['userName', 'username', 'agentId'],
} as const;

/**
 * Leaves out of recordings what their contact center hides from all but its administrators: fields that say who the agent
 * is, and who the customer is, by the location of the recording.
 */
@Injectable()
export class RecordingPrivacy {
  constructor(@Inject(storeTokens.settings) private readonly settings: Pick<SettingStore, 'list'>) {}

  /** What the user sees of the resource of a recording. */
  async for(user: User): Promise<(recording: Recording, resource: JsonObject) => JsonObject> {
    const set = await this.setFor(user);
    if (set.length === 0) return (_, resource) => resource;
    return ({ additional }, resource) => {
      const location = typeof additional?.['location'] === 'string' ? additional['location'] : '/';
      const hidden = recordingPrivacyNames.flatMap(name => {
        const found = nearest(
          set.filter(one => one.name === name),
          location,
        );
        return found === undefined ? [] : privacyFieldsOf(found.value);
      });
      return without(resource, new Set(hidden)) as JsonObject;
    };
  }

  /** @throws RcsError RCS_INSUFFICIENT_PERMISSION for a search that would tell what is hidden. */
  async checkCriteria(user: User, asked: Readonly<Partial<Record<keyof typeof toldBy, unknown>>>): Promise<void> {
    const hidden = new Set((await this.setFor(user)).flatMap(({ value }) => privacyFieldsOf(value)));
    const told = (Object.keys(toldBy) as (keyof typeof toldBy)[]).find(
      name => asked[name] !== undefined && toldBy[name].some(field => hidden.has(field)),
    );
    if (told === undefined) return;
    const publicDetail = `${told}: the contact center hides it, so nobody but its administrators searches by it`;
    throw new RcsError('RCS_INSUFFICIENT_PERMISSION', undefined, { publicDetail });
  }

  private async setFor({ roles, contactCenter }: User): Promise<readonly Setting[]> {
    if (contactCenter === undefined || roles.includes('admin')) return [];
    return (await this.settings.list(contactCenter)).filter(({ group }) => group === recordingPrivacyGroup);
  }
}

function without(value: JsonValue, hidden: ReadonlySet<string>): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(one => without(one, hidden));
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value as JsonObject).filter(([name]) => !hidden.has(name));
  return Object.fromEntries(shown.map(([name, one]) => [name, without(one, hidden)]));
}
