import { z } from 'zod';
import { accountChoiceSchema, newUserSchema, passwordChangeSchema, userChangeSchema } from '#accounts';
import { named } from '../named-schema.js';
import { json, nothing, type FeatureOperations } from '../operation.js';
import { privileges, roles } from './user-answers.js';

const caller = 'user';
const paths = z.array(z.string());

const user = named(
  'User',
  z.strictObject({
    userName: z.string(),
    enabled: z.boolean(),
    contactCenter: z.string().optional(),
    roles,
    privileges,
    accessGroups: paths,
    partitions: paths,
    agentHierarchy: z.string().optional(),
    agentIds: z.array(z.string()).optional(),
    source: z
      .enum(['local', 'configuration-server', 'openid'])
      .describe('which system checks the password and says what the user may do'),
  }),
);
const users = named('Users', z.strictObject({ users: z.array(user) }));

const described = z.array(z.strictObject({ name: z.string(), description: z.string() }));
const rights = named('Rights', z.strictObject({ roles: described, privileges: described }));

const members = z.array(z.strictObject({ path: z.string(), members: z.array(z.string()) }));
const accessGroups = named('AccessGroups', z.strictObject({ accessGroups: members, partitions: members }));

const userListQuery = z.object({ contactCenter: z.string().optional(), accessGroup: z.string().optional() });

/** The users of a contact center, for its administrators; of all contact centers for operations accounts. */
export const userOperations: FeatureOperations = {
  feature: 'Users',
  operations: {
    'GET /rcs/users': { summary: 'List users', caller, query: userListQuery, answers: { 200: json(users) } },
    'POST /rcs/users': {
      summary: 'Add a user',
      caller,
      body: newUserSchema,
      answers: { 201: json(user, 'The user is added.', { Location: 'Path of the user.' }) },
      problems: ['RCS_USER_EXISTS'],
    },
    'GET /rcs/users/:userName': {
      summary: 'One user',
      caller,
      query: accountChoiceSchema,
      answers: { 200: json(user) },
      problems: ['RCS_USER_NOT_FOUND'],
    },
    'PATCH /rcs/users/:userName': {
      summary: 'Change what a user may do',
      description: 'Lists in the body replace those that are there; what is absent stays.',
      caller,
      query: accountChoiceSchema,
      body: userChangeSchema,
      answers: { 200: json(user) },
      problems: ['RCS_USER_NOT_FOUND'],
    },
    'PUT /rcs/users/:userName/password': {
      summary: 'Set a password',
      description: 'Administrators set the passwords of others; everybody changes their own, with the current one.',
      caller,
      body: passwordChangeSchema,
      answers: { 204: nothing() },
      problems: ['RCS_USER_NOT_FOUND'],
    },
    'DELETE /rcs/users/:userName': {
      summary: 'Remove a user',
      caller,
      query: accountChoiceSchema,
      answers: { 204: nothing() },
      problems: ['RCS_USER_NOT_FOUND'],
    },
    'GET /rcs/roles': { summary: 'Roles and privileges that there are', caller, answers: { 200: json(rights) } },
    'GET /rcs/access-groups': {
      summary: 'Access groups and partitions that are in use',
      caller,
      answers: { 200: json(accessGroups) },
    },
  },
};
