import { ConfigurationError, type Configuration } from '#platform';
import { readAuthorities } from '../configuration/authorities.js';
import type { GatewayAccess } from '../gateway-client/gateway-client.js';
import { readPasswordFile } from '../terminal/password-source.js';
import type { WebDavAccess } from './recorder-storage.js';

/** Options by which a command is told whom it inserts recordings at; the configuration says what they leave out. */
export interface RecorderGatewayOptions {
  readonly gateway?: string;
  readonly ca?: string;
  readonly opsUser?: string;
  readonly opsPasswordFile?: string;
  readonly contactCenter?: string;
}

/** Options by which `rcsctl record` is told where it records, likewise. */
export interface RecorderOptions extends RecorderGatewayOptions {
  readonly webdav?: string;
  readonly webdavUser?: string;
  readonly webdavPasswordFile?: string;
  readonly webdavCa?: string;
  readonly storageUrl?: string;
}

export interface RecorderGateway {
  readonly gateway: GatewayAccess;
  readonly contactCenter: string;
}

export interface RecorderAccess extends RecorderGateway {
  readonly webdav: WebDavAccess;
}

/** Options first, then the configuration. @throws ConfigurationError naming what neither of them says. */
export function recorderAccess(configuration: Configuration, options: RecorderOptions): RecorderAccess {
  return { ...recorderGateway(configuration, options), webdav: webdavAccess(configuration, options) };
}

/** The part of it that inserts. @throws ConfigurationError likewise. */
export function recorderGateway(
  { rcsctl, serverSettings }: Configuration,
  options: RecorderGatewayOptions,
): RecorderGateway {
  const caFile = options.ca ?? rcsctl?.gateway?.caFile;
  return {
    gateway: {
      url: needed(options.gateway ?? rcsctl?.gateway?.url, '--gateway', 'rcsctl.gateway.url'),
      caPem: authoritiesIn(options.ca === undefined ? 'rcsctl.gateway.caFile' : '--ca', caFile),
      userName: options.opsUser ?? serverSettings.opsUsername,
      password: needed(
        passwordIn(options.opsPasswordFile) ?? serverSettings.opsUserPassword,
        '--ops-password-file',
        'serverSettings.opsUserPassword',
      ),
    },
    contactCenter: needed(
      options.contactCenter ?? serverSettings.defaultContactCenter,
      '--contact-center',
      'serverSettings.defaultContactCenter',
    ),
  };
}

/** The storage that is named, as the configuration has it, if it does: credentials of one are not for another. */
export function webdavAccess({ mediaStorages }: Configuration, options: RecorderOptions): WebDavAccess {
  const storages = mediaStorages.filter(one => one.storage === 'webDAV');
  const named = storages.find(({ url }) => options.webdav !== undefined && sameUrl(url, options.webdav));
  const configured = options.webdav === undefined ? storages[0] : named;
  return {
    url: needed(options.webdav ?? configured?.url, '--webdav', 'mediaStorages'),
    user: options.webdavUser ?? configured?.userName,
    password: passwordIn(options.webdavPasswordFile) ?? configured?.password,
    caPem: authoritiesIn('--webdav-ca', options.webdavCa),
    storageUrl: options.storageUrl ?? (named === storages[0] ? undefined : named?.url),
  };
}

const sameUrl = (one: string, other: string): boolean => withoutEnd(one) === withoutEnd(other);
const withoutEnd = (url: string): string => url.replace(/\/+$/, '');

function needed(value: string | undefined, option: string, configured: string): string {
  if (value === undefined) throw new ConfigurationError(`name ${option}, or configure ${configured}`);
  return value;
}

const passwordIn = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : readPasswordFile(file);

const authoritiesIn = (option: string, file: string | undefined): string | undefined =>
  file === undefined ? undefined : readAuthorities(option, file).toString();
