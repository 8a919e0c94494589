import { z } from 'zod';
import type { Privilege, Role } from '#store';

const role = z.enum(['agent', 'supervisor', 'admin', 'ops', 'recorder'] satisfies Role[]);
const privilege = z.enum([
  'administer-certificates',
  'administer-local-key-manager',
  'decrypt-recording',
] satisfies Privilege[]);

export const roles = z.array(role);
export const privileges = z.array(privilege);
