import { z } from 'zod';
import { RcsError } from '#platform';
import type { AssignmentTarget, Setting } from '#store';
import { ivrProfileGroup } from '../settings/setting-kinds.js';

/**
 * How recorders name what they record: a profile of the voice platform, by its name or by the DBID that the Resource Manager
 * sends, or the screens of the contact center.
 */
export const recipientQuerySchema = z.union(
  [
    z.strictObject({ ivrProfile: z.string().min(1).max(255) }),
    z.strictObject({ ivrProfileDbid: z.string().regex(/^[1-9]\d{0,9}$/, 'must be a DBID such as 101') }),
    z.strictObject({ screenRecording: z.literal('true') }),
  ],
  { error: 'name an ivrProfile or its ivrProfileDbid, or say screenRecording=true' },
);

/**
 * @param settings of the contact center, which say what profile a DBID is
 * @throws RcsError RCS_NOT_FOUND for a DBID that nobody has set.
 */
export async function askedTarget(
  asked: z.output<typeof recipientQuerySchema>,
  settings: () => Promise<readonly Setting[]>,
): Promise<AssignmentTarget> {
  if ('screenRecording' in asked) return { kind: 'screen-recording' };
  if ('ivrProfile' in asked) return { kind: 'ivr-profile', name: asked.ivrProfile };
  const value = JSON.stringify(asked.ivrProfileDbid);
  const found = (await settings()).find(one => one.group === ivrProfileGroup && one.value === value);
  if (found !== undefined) return { kind: 'ivr-profile', name: found.name };
  throw new RcsError('RCS_NOT_FOUND', undefined, {
    publicDetail: `no IVR profile has the DBID ${asked.ivrProfileDbid}: set it in /api/v2/settings/${ivrProfileGroup}`,
  });
}
