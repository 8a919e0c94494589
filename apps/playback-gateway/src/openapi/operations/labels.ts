import { z } from 'zod';
import { recordingOperationSchema } from '../../deletion-protection/deletion-protection.controller.js';
import {
  labelChangeSchema,
  labelDefinitionSchema,
  labelledRecordingsSchema,
  recordingLabelSchema,
} from '../../labels/label.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { problemsOfRecordings } from '../problems-of-recordings.js';
import { succeeded, time } from '../values.js';

const definitionFields = { name: z.string(), displayName: z.string(), description: z.string() };
const labelDefinition = named('LabelDefinition', z.strictObject({ statusCode: succeeded, ...definitionFields }));
const labelDefinitions = named(
  'LabelDefinitions',
  z.strictObject({ statusCode: succeeded, labelDefinitions: z.array(z.strictObject(definitionFields)) }),
);
const labelFields = { name: z.string(), user: z.string().describe('who put it there'), time };
/** A label as recordings show it. */
export const recordingLabel = z.strictObject(labelFields);
const done = named('Done', z.strictObject({ statusCode: succeeded }));
const borne = named('BorneLabel', z.strictObject({ statusCode: succeeded, name: z.string() }));

/** Labels and protection from deletion, as SpeechMiner uses them. */
export const labels: FeatureOperations = {
  feature: 'Labels and protection from deletion',
  operations: {
    'POST /api/v2/recordings/:id': {
      summary: 'Protect a recording from deletion, or end that',
      caller: 'user',
      body: recordingOperationSchema,
      answers: { 200: json(done) },
      problems: problemsOfRecordings,
    },
    'GET /api/v2/recording-label-definitions': {
      summary: 'Labels that recordings may bear',
      caller: 'user',
      answers: { 200: json(labelDefinitions) },
    },
    'POST /api/v2/recording-label-definitions': {
      summary: 'Define a label',
      caller: 'user',
      body: labelDefinitionSchema,
      answers: { 201: json(labelDefinition) },
      problems: ['RCS_LABEL_EXISTS'],
    },
    'GET /api/v2/recording-label-definitions/:name': {
      summary: 'One label',
      caller: 'user',
      answers: { 200: json(labelDefinition) },
    },
    'PUT /api/v2/recording-label-definitions/:name': {
      summary: 'Change how a label is shown',
      caller: 'user',
      body: labelChangeSchema,
      answers: { 200: json(labelDefinition) },
    },
    'DELETE /api/v2/recording-label-definitions/:name': {
      summary: 'Remove a label that no recording bears',
      caller: 'user',
      answers: { 200: json(done) },
      problems: ['RCS_LABEL_IN_USE'],
    },
    'GET /api/v2/recordings/:id/labels': {
      summary: 'Labels of a recording',
      caller: 'user',
      answers: {
        200: json(named('RecordingLabels', z.strictObject({ statusCode: succeeded, labels: z.array(recordingLabel) }))),
      },
      problems: problemsOfRecordings,
    },
    'POST /api/v2/recordings/:id/labels': {
      summary: 'Put a label on a recording',
      caller: 'user',
      body: recordingLabelSchema,
      answers: { 200: json(borne, 'The recording bears it already.'), 201: json(borne) },
      problems: problemsOfRecordings,
    },
    'GET /api/v2/recordings/:id/labels/:name': {
      summary: 'One label of a recording',
      caller: 'user',
      answers: { 200: json(named('RecordingLabel', z.strictObject({ statusCode: succeeded, ...labelFields }))) },
      problems: problemsOfRecordings,
    },
    'DELETE /api/v2/recordings/:id/labels/:name': {
      summary: 'Take a label off a recording',
      caller: 'user',
      answers: { 200: json(done) },
      problems: problemsOfRecordings,
    },
    'POST /api/v2/recording-labels': {
      summary: 'Put a label on several recordings',
      description: 'Each recording has its own statusCode; one that is refused harms none of the others.',
      caller: 'user',
      body: labelledRecordingsSchema,
      answers: {
        200: json(
          named(
            'LabelledRecordings',
            z.strictObject({
              statusCode: succeeded,
              name: z.string(),
              recordings: z.array(
                z.strictObject({ id: z.string(), statusCode: z.int(), statusMessage: z.string().optional() }),
              ),
            }),
          ),
        ),
      },
      problems: [],
    },
  },
};
