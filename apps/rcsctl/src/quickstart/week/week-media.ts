import { z } from 'zod';

const milliseconds = z.int().min(0);

/** What test/fixtures/demo-week/make-demo-week.mjs says of each dialogue. */
export const weekIndexSchema = z.record(
  z.string(),
  z.strictObject({
    duration: milliseconds,
    /** When nothing was recorded; the media has silence there. */
    pauses: z.array(z.strictObject({ from: milliseconds, to: milliseconds })),
    screens: z.array(z.strictObject({ file: z.string(), from: milliseconds, duration: milliseconds })),
  }),
);

export type WeekIndex = z.output<typeof weekIndexSchema>;
export type WeekDialogue = WeekIndex[string];
