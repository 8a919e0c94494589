import { archiveRequestSchema } from '../../archive/archive-request.schema.js';
import type { FeatureOperations } from '../operation.js';
import { problemsOfRecordings } from '../problems-of-recordings.js';

/** Recordings to take along. */
export const archiveOperations: FeatureOperations = {
  feature: 'Archive',
  operations: {
    'POST /rcs/archives': {
      summary: 'Make an archive',
      description:
        'Answers a ZIP file while it is made: for each recording that the administrator may play a folder with recording.json and its media, encrypted as they are, one PKCS#7 file each; then manifest.json and its signature. A body that breaks off is no archive. docs/archive.md has the details.',
      caller: 'user',
      body: archiveRequestSchema,
      answers: {
        200: {
          description: 'The archive.',
          content: { 'application/zip': 'bytes' },
          headers: { 'Content-Disposition': 'The name of the file.' },
        },
      },
      problems: [
        ...problemsOfRecordings,
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_CERTIFICATE_NOT_VALID',
        'RCS_KEY_DISABLED',
        'RCS_KEY_REFUSED',
        'RCS_ARCHIVE_RECIPIENT_REFUSED',
        'RCS_SEARCH_INCOMPLETE',
      ],
    },
  },
};
