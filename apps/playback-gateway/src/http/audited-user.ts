import type { FastifyRequest } from 'fastify';
import type { AuditEntry, User } from '#store';

/** Who acted, so that accounts of one name are told apart. */
export const auditedUser = ({ name, source }: User): Pick<AuditEntry, 'user' | 'userSource'> => ({
  user: name,
  ...(source === undefined ? {} : { userSource: source }),
});

/** Who acted, in which contact center, from where, and with which request. */
export const auditedRequest = (
  { ip, id }: Pick<FastifyRequest, 'ip' | 'id'>,
  user: User,
): Pick<AuditEntry, 'user' | 'userSource' | 'contactCenter' | 'address' | 'requestId'> => ({
  ...auditedUser(user),
  ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
  address: ip,
  requestId: id,
});
