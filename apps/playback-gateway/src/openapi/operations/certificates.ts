import { deletionSchema, keyRemovalSchema, renewalSchema } from '../../certificates/certificate.controller.js';
import { certificatePageSchema } from '../../certificates/certificate-page.js';
import { certificateInspectionSchema, certificateUploadSchema } from '../../certificates/upload/certificate-input.js';
import { events, json, type FeatureOperations } from '../operation.js';
import { problemsOfVaults } from '../problems-of-vaults.js';
import {
  certificateDetails,
  certificatePage,
  deletion,
  inspection,
  keyRemoval,
  keyRestoration,
  renewal,
  uploadedCertificate,
} from './certificate-answers.js';

const caller = 'certificate-administrator';
const seen =
  'Who may decrypt recordings, and administers no certificates, sees what the certificate says, where it is in use, and whether its key is there; fields of administration are absent.';
const location = { Location: 'Path of the certificate.' };

/** What administrators do with certificates; all of it is in the audit. */
export const certificates: FeatureOperations = {
  feature: 'Certificates',
  operations: {
    'GET /rcs/certificates': {
      summary: 'List certificates',
      description: `${seen} They see no deleted ones.`,
      caller: 'certificate-viewer',
      query: certificatePageSchema,
      answers: { 200: json(certificatePage) },
    },
    'POST /rcs/certificates': {
      summary: 'Upload a certificate and its private key',
      description:
        'With assignTo it is assigned to that IVR profile in the same act, behind those that are assigned already: both happen, or neither.',
      caller,
      body: certificateUploadSchema,
      form: true,
      answers: {
        200: json(uploadedCertificate, 'This very certificate is there already.', location),
        201: json(uploadedCertificate, 'The certificate and its key are taken in.', location),
      },
      problems: [
        ...problemsOfVaults,
        'RCS_KEY_REFUSED',
        'RCS_CLEAR_PRIVATE_KEY_REFUSED',
        'RCS_CERTIFICATE_NOT_VALID',
        'RCS_CERTIFICATE_EXISTS',
        'RCS_CERTIFICATE_SAME_NAME',
        'RCS_KEY_EXISTS',
        'RCS_KEY_DISABLED',
        'RCS_KEY_BACKUP_FAILED',
        'RCS_FRESH_LOGIN_REQUIRED',
      ],
    },
    'POST /rcs/certificates/inspect': {
      summary: 'Read a certificate and a key file; nothing is kept',
      caller,
      body: certificateInspectionSchema,
      form: true,
      answers: { 200: json(inspection) },
      problems: ['RCS_KEY_REFUSED', 'RCS_CLEAR_PRIVATE_KEY_REFUSED'],
    },
    'GET /rcs/certificates/:alias': {
      summary: 'One certificate in full',
      description: seen,
      caller: 'certificate-viewer',
      answers: { 200: json(certificateDetails) },
      problems: ['RCS_CERTIFICATE_NOT_FOUND'],
    },
    'DELETE /rcs/certificates/:alias': {
      summary: 'Take a certificate out of use',
      description: 'Refused with the counts while it is assigned or needed; force is the alias typed again.',
      caller,
      body: deletionSchema,
      answers: { 200: json(deletion) },
      problems: [
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_CERTIFICATE_IN_USE',
        'RCS_RECORDINGS_UNKNOWN',
        'RCS_CONFIRMATION_REQUIRED',
      ],
    },
    'DELETE /rcs/certificates/:alias/key': {
      summary: 'Take the private key of a deleted certificate out of use',
      description: 'It opens nothing from then on. It can be restored until operators destroy it: rcsctl keys destroy.',
      caller,
      body: keyRemovalSchema,
      answers: { 200: json(keyRemoval) },
      problems: [
        ...problemsOfVaults,
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_CERTIFICATE_IN_USE',
        'RCS_RECORDINGS_UNKNOWN',
        'RCS_CONFIRMATION_REQUIRED',
        'RCS_FRESH_LOGIN_REQUIRED',
        'RCS_APPROVAL_REQUIRED',
      ],
    },
    'POST /rcs/certificates/:alias/restore-key': {
      summary: 'Take a private key that was removed into use again',
      caller,
      answers: { 200: json(keyRestoration) },
      problems: [...problemsOfVaults, 'RCS_CERTIFICATE_NOT_FOUND', 'RCS_FRESH_LOGIN_REQUIRED'],
    },
    'POST /rcs/certificates/:alias/renew': {
      summary: 'Put a successor in every place of a certificate',
      caller,
      body: renewalSchema,
      answers: { 200: json(renewal) },
      problems: ['RCS_CERTIFICATE_NOT_FOUND', 'RCS_CERTIFICATE_NOT_VALID', 'RCS_KEY_DISABLED'],
    },
    'GET /rcs/certificate-events': {
      summary: 'Changes as they happen',
      description: 'Server-sent events named certificate, assignment, rewrap and expiry; their data is JSON.',
      caller,
      answers: { 200: events('A stream that stays open.') },
    },
  },
};
