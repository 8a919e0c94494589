/** Every place of the console behind the `#`; the test of accessibility has a way to each, and does not compile without. */
export const routePaths = [
  'recordings',
  'recordings/:id',
  'certificates',
  'certificates/:alias',
  'screen-recording-certificates',
  'archives',
  'archives/:id',
  'audit',
  'users',
  'system',
] as const;

export type RoutePath = (typeof routePaths)[number];
