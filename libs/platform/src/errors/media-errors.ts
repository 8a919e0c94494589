import { status as GrpcStatus } from '@grpc/grpc-js';
import { define, type ErrorDefinition } from './error-definition.js';

const { ABORTED, ALREADY_EXISTS, DEADLINE_EXCEEDED, FAILED_PRECONDITION, INVALID_ARGUMENT, UNAVAILABLE } = GrpcStatus;

/** Errors about stored files: where they lie, what they are, and the storages that have them. */
export const mediaErrors = {
  RCS_MEDIA_LOCATION_REFUSED: define(
    400,
    INVALID_ARGUMENT,
    2,
    'The media location lies outside the storages of the contact center',
    'Use a path below a storage listed under mediaStorages whose contactCenters, where it has any, name this one; or add the storage to the configuration.',
  ),
  RCS_MEDIA_LOCATION_TAKEN: define(
    409,
    ALREADY_EXISTS,
    2,
    'A recording of another contact center lies there',
    'Store the media file at a location of its own, and insert the recording with that.',
  ),
  RCS_CONTENT_TREE_NEEDED: define(
    409,
    FAILED_PRECONDITION,
    4,
    'The worker needs the content tree of the recording',
    'None: the gateway sends it by itself.',
  ),
  RCS_CONTENT_CHANGED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The stored file is not the one that was recorded',
    'Somebody changed or replaced the stored file: its length or its SHA-256 tree differs. Put the file of a backup in its place.',
  ),
  RCS_MEDIA_NOT_RECOGNISED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The stored file is neither media in the clear nor encrypted in a form that is known here',
    'Look at it with rcsctl inspect. Raw media without any signature (G.711) plays where its storage says plainMedia: any.',
  ),
  RCS_MEDIA_DECLARED_ENCRYPTED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The media is declared encrypted, and the stored file is in the clear',
    'Somebody replaced the stored file, or the metadata names a certificate (certAlias) by mistake. Compare both with a backup.',
  ),
  RCS_ENVELOPE_CHANGED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The envelope of this recording is not the one it was recorded with',
    'Somebody replaced the stored file. Compare it with a backup.',
  ),
  RCS_ENVELOPE_UNREADABLE: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The envelope of this recording cannot be read',
    'Inspect it with openssl cms -cmsout -print; the log names the byte offset and what was expected there.',
  ),
  RCS_MEDIA_UNDECRYPTABLE: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The media cannot be decrypted',
    'The media or its envelope was modified, cut or encrypted with another key. Compare it with a backup. The log of the worker says whether the key is only not proved: raw media without any signature (G.711) plays where its storage says plainMedia: any.',
  ),
  RCS_STORAGE_FILE_MISSING: define(
    502,
    UNAVAILABLE,
    4,
    'The media file is missing in the storage',
    'Check on the WebDAV server whether the file was moved or purged.',
  ),
  RCS_STORAGE_ACCESS_REFUSED: define(
    502,
    UNAVAILABLE,
    4,
    'The storage refused our credentials',
    'Check userName and password of the storage in the configuration.',
  ),
  RCS_STORAGE_FAILED: define(502, UNAVAILABLE, 4, 'The storage failed', 'See the log of the WebDAV server.', true),
  RCS_STORAGE_UNREACHABLE: define(
    502,
    UNAVAILABLE,
    4,
    'The storage cannot be reached',
    'Check network, DNS and TLS trust of the storage.',
    true,
  ),
  RCS_STORAGE_CHANGED: define(502, ABORTED, 4, 'The media file changed while it was read', 'Repeat the request.', true),
  RCS_STORAGE_TIMEOUT: define(
    504,
    DEADLINE_EXCEEDED,
    4,
    'The storage did not answer in time',
    'Check the load of the WebDAV server.',
    true,
  ),
  RCS_RECORDING_SOURCE_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'The web services that have the recording do not answer',
    'The log names the RWS of recordingSources and what went wrong: network, DNS, rwsTrustedCA, or userName and password. Recordings that were taken from it before are found.',
    true,
  ),
  RCS_RECORDING_SOURCE_REFUSED: define(
    502,
    UNAVAILABLE,
    4,
    'What the web services said of the recording was refused',
    'The log names the RWS of recordingSources and what was wrong with its answer: it named another recording or contact center, was no proper metadata, or came with a redirect or a Content-Encoding. Nothing of it was kept.',
  ),
} as const satisfies Record<string, ErrorDefinition>;
