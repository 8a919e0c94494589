import { ConfigurationError, type Configuration } from '#platform';
import { trustedAuthorities } from './trusted-authorities.js';

type TrustingConfiguration = Pick<Configuration, 'serverSettings' | 'mediaStorages' | 'configurationServers'>;

/** One `...TrustedCA` option that has a value of its own. */
interface TrustOption {
  readonly name: string;
  readonly trustedCA: boolean | string | undefined;
  readonly password: string | undefined;
}

/**
 * Reads every file that an option trusts, whether this process ever connects there or not: as in the original a file that
 * is missing ends the start, and one service says so of the whole application.yaml.
 * @throws ConfigurationError with a line for each option whose file is missing or cannot be read
 */
export function checkTrustedCaFiles(configuration: TrustingConfiguration): void {
  const problems = trustOptions(configuration).flatMap(({ name, trustedCA, password }) => {
    if (typeof trustedCA !== 'string') return [];
    try {
      trustedAuthorities(name, trustedCA, password);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return [error.message];
      throw error;
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
}

function trustOptions({ serverSettings, mediaStorages, configurationServers }: TrustingConfiguration): TrustOption[] {
  const { webDAVTrustedCA, webDAVJksPassword, caCertificate, jksPassword } = serverSettings;
  return [
    { name: 'serverSettings.webDAVTrustedCA', trustedCA: webDAVTrustedCA, password: webDAVJksPassword },
    { name: 'serverSettings.caCertificate', trustedCA: caCertificate, password: jksPassword },
    ...mediaStorages.map((storage, index) => ({
      name: `mediaStorages.${index}.webDAVTrustedCA`,
      trustedCA: storage.webDAVTrustedCA,
      password: storage.webDAVJksPassword,
    })),
    ...configurationServers.map((server, index) => ({
      name: `configurationServers.${index}.configurationServerTrustedCA`,
      trustedCA: server.enabled && server.configurationServerTrustedCA,
      password: server.configurationServerJksPassword,
    })),
  ];
}
