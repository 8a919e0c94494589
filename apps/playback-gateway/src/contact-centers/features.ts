import { z } from 'zod';

/**
 * Sets of functions of Web Services, by the last part of their URI. Every contact center has those of recording, and none
 * can be taken away: there as here they are assigned by default.
 */
export const features: Readonly<Record<string, string>> = {
  'api-voice-recording': 'API for the recording of calls',
  'api-supervisor-recording': 'API for recordings: insertion, search, playback',
  'schema-elasticsearch-v2-call-recording': 'Labels, and protection from deletion',
};

/** `/api/api-voice-recording`, a URI that ends so, or the name alone. */
const feature = z
  .string()
  .max(1024)
  .transform((text, context) => {
    const name = text.replace(/^.*\//, '');
    if (Object.hasOwn(features, name)) return name;
    const known = Object.keys(features).join(', ');
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no feature of this server: ${known}` });
    return z.NEVER;
  });

export const assignFeaturesSchema = z.strictObject({ uris: z.array(feature).min(1).max(100) });
export type AssignFeatures = z.output<typeof assignFeaturesSchema>;
