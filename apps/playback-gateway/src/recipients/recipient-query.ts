import { z } from 'zod';
import type { AssignmentTarget } from '#store';

/** How recorders name what they record: a profile of the voice platform, or the screens of the contact center. */
export const recipientQuerySchema = z.union(
  [z.strictObject({ ivrProfile: z.string().min(1).max(255) }), z.strictObject({ screenRecording: z.literal('true') })],
  { error: 'name an ivrProfile, or say screenRecording=true' },
);

export const askedTarget = (asked: z.output<typeof recipientQuerySchema>): AssignmentTarget =>
  'ivrProfile' in asked ? { kind: 'ivr-profile', name: asked.ivrProfile } : { kind: 'screen-recording' };
