/**
 * Every dialog of the console, in the order in which the test of accessibility opens them: it has a way to each, and does not
 * compile without. A dialog has one of these names, which no other has.
 */
export const dialogNames = [
  'add-label',
  'place-hold',
  'archive-recordings',
  'erase-recordings',
  'no-successor',
  'upload-certificate',
  'certificate-uploaded',
  'generate-key',
  'signing-request',
  'attach-certificate',
  'assign-certificate',
  'renew-certificate',
  'rewrap-recordings',
  'delete-certificate',
  'remove-key',
  'restore-key',
  'select-certificate',
  'leave-changes',
  'record-unencrypted',
  'make-archive',
  'cancel-archive',
  'archive-schedule',
  'remove-archive-schedule',
  'release-archive',
  'audit-record',
  'add-user',
  'user',
  'remove-user',
  'register-credential',
  'credential-issued',
  'revoke-credential',
  'confirm-identity',
  'session-ended',
] as const;

export type DialogName = (typeof dialogNames)[number];
