import type { AuditEntry, User } from '#store';

/** Who acted, so that accounts of one name are told apart. */
export const auditedUser = ({ name, source }: User): Pick<AuditEntry, 'user' | 'userSource'> => ({
  user: name,
  ...(source === undefined ? {} : { userSource: source }),
});
