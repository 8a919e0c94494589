import { bootstrapAdministrator } from '#accounts';
import { ConfigurationError, toRcsError, type Logger, type ServerSettings } from '#platform';
import type { AuditLog, ContactCenterStore, UserStore } from '#store';

/** Does what `bootstrapAdministrator` says, once, and warns of a secret that has done its work. @throws ConfigurationError */
export async function makeFirstAdministrator(
  { bootstrapAdministrator: first, opsUsername }: Pick<ServerSettings, 'bootstrapAdministrator' | 'opsUsername'>,
  store: { readonly users: UserStore; readonly contactCenters: ContactCenterStore; readonly audit: AuditLog },
  logger: Logger,
): Promise<void> {
  if (first === undefined) return;
  const { contactCenter, userName } = first;
  try {
    const outcome = await bootstrapAdministrator(store, first, [opsUsername]);
    if (outcome === 'made') logger.info({ contactCenter, userName }, 'the first administrator was made');
    else
      logger.warn(
        { contactCenter },
        'serverSettings.bootstrapAdministrator is not used: the contact center has had an administrator; take the option and its secret away',
      );
  } catch (error) {
    const { code, message } = toRcsError(error);
    if (code !== 'RCS_INVALID_VALUE' && code !== 'RCS_USER_EXISTS') throw error;
    throw new ConfigurationError(`option serverSettings.bootstrapAdministrator: ${message}`);
  }
}
