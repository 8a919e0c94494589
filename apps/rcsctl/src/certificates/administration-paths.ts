export const certificatePath = (alias: string): string => `/rcs/certificates/${encodeURIComponent(alias)}`;

/** The IVR profile of this name, or the screens of the contact center where none is named. */
export const assignmentPath = (profile: string | undefined): string =>
  profile === undefined
    ? '/rcs/screen-recording-certificates'
    : `/rcs/ivr-profiles/${encodeURIComponent(profile)}/certificates`;
