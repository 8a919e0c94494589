import { z } from 'zod';
import { parseInput, parseQuery } from '#platform';
import { allPrivileges, type Role } from '#store';
import type { AccountChoice } from './account-choice.js';

/** No colon, which ends the name in Basic credentials (RFC 7617), no control characters, no blanks around it. */
const userName = z
  .string()
  .transform(name => name.normalize('NFC'))
  .pipe(z.string().regex(/^(?! )[^:\p{Cc}\p{Cs}]{1,255}(?<! )$/u, 'must be 1 to 255 characters without colons'));
const path = z
  .string()
  .max(1024)
  .regex(/^\/[^\p{Cc}\p{Cs},]*$/u, 'must be a path such as /Anthony/John');
const contactCenter = z.string().min(1).max(256);
const role = z.enum(['agent', 'supervisor', 'admin', 'ops'] satisfies Role[]);
const privilege = z.enum(allPrivileges);
const agentId = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,256}$/u, 'must be 1 to 256 characters');
const few = <T extends z.ZodType>(item: T) => z.array(item).max(256);
const set = <T extends z.ZodType<string>>(item: T) =>
  few(item).transform(items => [...new Set<z.output<T>>(items)].sort());

const rights = {
  roles: set(role),
  privileges: set(privilege),
  accessGroups: set(path),
  partitions: set(path),
};

export const newUserSchema = z.strictObject({
  userName,
  contactCenter: contactCenter.optional(),
  password: z.string(),
  enabled: z.boolean().default(true),
  roles: rights.roles.default([]),
  privileges: rights.privileges.default([]),
  accessGroups: rights.accessGroups.default([]),
  partitions: rights.partitions.default([]),
  agentHierarchy: path.optional(),
  agentIds: set(agentId).optional(),
});

export const userChangeSchema = z
  .strictObject({
    enabled: z.boolean(),
    ...rights,
    agentHierarchy: path.nullable(),
    agentIds: set(agentId),
  })
  .partial();

export const passwordChangeSchema = z.strictObject({ password: z.string(), currentPassword: z.string().optional() });

export const accountChoiceSchema = z.object({
  source: z.enum(['local', 'configuration-server', 'openid']).optional(),
  contactCenter: contactCenter.optional(),
});

export type NewUser = z.output<typeof newUserSchema>;
/** Lists replace those that are there; `agentHierarchy` null takes it away. */
export type UserChange = z.output<typeof userChangeSchema>;
export type PasswordChange = z.output<typeof passwordChangeSchema>;

/** @throws RcsError RCS_MISSING_PARAMETER, RCS_INVALID_VALUE naming the field. */
export const parseNewUser = (body: unknown): NewUser => parseInput(newUserSchema, body);
/** @throws RcsError RCS_INVALID_VALUE naming the field. */
export const parseUserChange = (body: unknown): UserChange => parseInput(userChangeSchema, body);
/** @throws RcsError RCS_INVALID_VALUE naming the parameter. */
export function parseAccountChoice(query: unknown): AccountChoice {
  const { source, contactCenter: id } = parseQuery(accountChoiceSchema, query);
  return { ...(source === undefined ? {} : { source }), ...(id === undefined ? {} : { contactCenter: id }) };
}
/** @throws RcsError RCS_MISSING_PARAMETER, RCS_INVALID_VALUE naming the field. */
export const parsePasswordChange = (body: unknown): PasswordChange => parseInput(passwordChangeSchema, body);
