import { z } from 'zod';

/** The group in which a contact center says which fields of recordings it hides. */
export const recordingPrivacyGroup = 'recording-privacy';
/** As the original names them. */
export const recordingPrivacyNames = ['metadata.privacy.agent_fields', 'metadata.privacy.customer_fields'] as const;

/** Without these no recording could be named, or played. */
const neverHidden: ReadonlySet<string> = new Set([
  ...['id', 'mediaFiles', 'mediaId', 'mediaUri', 'mediaPath', 'playPath', 'type', 'statusCode'],
  ...['eventHistory', 'parameters', '__proto__'],
]);

/** Names of fields, wherever they stand in a recording, with commas between them. */
export const privacyFieldsSchema = z
  .string()
  .max(4096)
  .transform((text, context) => {
    const fields = fieldsIn(text);
    for (const field of fields) {
      if (!/^[\w.-]{1,64}$/.test(field))
        context.addIssue({ code: 'custom', message: `${JSON.stringify(field)} is no name of a field` });
      else if (neverHidden.has(field))
        context.addIssue({ code: 'custom', message: `${field} cannot be hidden: nothing would be found without it` });
    }
    if (fields.length === 0) context.addIssue({ code: 'custom', message: 'must name a field, or be taken back' });
    return fields.join(', ');
  });

/** @param value as the store has it */
export const privacyFieldsOf = (value: string): readonly string[] => fieldsIn(JSON.parse(value) as string);

const fieldsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map(field => field.trim())
      .filter(field => field !== ''),
  ),
];
