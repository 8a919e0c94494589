import { status as GrpcStatus } from '@grpc/grpc-js';
import { define, type ErrorDefinition } from './error-definition.js';

const { INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, INTERNAL, PERMISSION_DENIED } = GrpcStatus;

/** Certificates and the private keys of recordings, from their coming to their end. */
export const keyErrors = {
  RCS_CERTIFICATE_NOT_FOUND: define(
    404,
    NOT_FOUND,
    6,
    'No such recording certificate',
    'List the certificates of your contact center; aliases are compared letter by letter.',
  ),
  RCS_KEY_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'The token holds a key of this name already',
    'Choose another alias, or attach the certificate to the key that is there.',
  ),
  RCS_CERTIFICATE_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'Another certificate has this alias',
    'Upload under another alias; the same certificate twice is one entry.',
  ),
  RCS_CERTIFICATE_SAME_NAME: define(
    409,
    ALREADY_EXISTS,
    2,
    'Another key of the contact center has a certificate of this name',
    'Envelopes could not tell the two apart. Issue the certificate with another serial number, or upload it with --same-name (sameName): both keys are tried then, and rewrapping leaves such recordings alone.',
  ),
  RCS_CERTIFICATE_IN_USE: define(
    409,
    FAILED_PRECONDITION,
    2,
    'The certificate is in use',
    'Assign a successor and rewrap the recordings first, or force the deletion by typing the alias again.',
  ),
  RCS_KEY_NOT_FOUND: define(
    422,
    FAILED_PRECONDITION,
    4,
    'No private key of this server opens this recording',
    'Import the private key of one of the recipients that the log names.',
  ),
  RCS_KEY_AMBIGUOUS: define(
    422,
    FAILED_PRECONDITION,
    2,
    'The name in the envelope fits several keys',
    'Playing finds out by the content which key is right; rewrapping cannot and leaves the envelope as it is. Keep both keys.',
  ),
  RCS_CLEAR_PRIVATE_KEY_REFUSED: define(
    400,
    INVALID_ARGUMENT,
    2,
    'Private keys are not taken in clear',
    'Upload with rcsctl certificates upload, or encrypt the key to every key of /rcs/keys/import-keys and send it as keyJwe. Treat the key that was sent in clear as one that others may have seen.',
  ),
  RCS_KEY_REFUSED: define(
    422,
    INVALID_ARGUMENT,
    2,
    'The key or certificate was refused',
    'Use an RSA key of 2048 bits or more and the certificate that belongs to it.',
  ),
  RCS_KEY_BACKUP_FAILED: define(
    500,
    INTERNAL,
    4,
    'The copy of a key cannot be kept',
    'Give the directory of keyVault.keyBackup space and the vault the right to write there, then import the key again.',
  ),
  RCS_CERTIFICATE_NOT_VALID: define(
    422,
    FAILED_PRECONDITION,
    2,
    'The certificate may not encrypt recordings',
    'The detail names the certificate of the chain that is at fault. Decrypting with its key is not affected.',
  ),
  RCS_ARCHIVE_RECIPIENT_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'No archive may be made for this certificate',
    'Name the certificate under keyVault.archiveRecipients of every vault, for this contact center, and restart the vaults one after the other.',
  ),
  RCS_KEY_DISABLED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The private key is disabled',
    'Restore it while that is possible: rcsctl certificates restore-key, or rcsctl keys enable at the vault.',
  ),
  RCS_KEY_NOT_DESTROYABLE: define(
    409,
    FAILED_PRECONDITION,
    2,
    'The key may not be destroyed',
    'Disable it first, and wait until the time that the detail names; then bring the approvals of the operators.',
  ),
  RCS_APPROVAL_REQUIRED: define(
    403,
    PERMISSION_DENIED,
    3,
    'Operators must approve this',
    'Let the operators that the detail asks for sign with rcsctl keys approve, and bring their files.',
  ),
} as const satisfies Record<string, ErrorDefinition>;
