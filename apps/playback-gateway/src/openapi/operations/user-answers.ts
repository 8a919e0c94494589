import { z } from 'zod';
import { allPrivileges, type Role } from '#store';

const role = z.enum(['agent', 'supervisor', 'admin', 'ops', 'recorder'] satisfies Role[]);
const privilege = z.enum(allPrivileges);

export const roles = z.array(role);
export const privileges = z.array(privilege);
