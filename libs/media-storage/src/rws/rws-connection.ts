import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import { WebDavConnection } from '../webdav/webdav-connection.js';
import { basicAuthorization, type RequestCredentials } from '../webdav/webdav-credentials.js';

/**
 * The account of an RWS, which knows Basic alone: every request carries it, and none is repeated with it. A server that
 * asks for anything else, or refuses it, is not told it again.
 */
class BasicAlways implements RequestCredentials {
  constructor(private readonly field: string) {}

  authorization(): string {
    return this.field;
  }

  challenged(): boolean {
    return false;
  }
}

/** Keep-alive connections to one RWS; they go to the configured host and to no other, and follow no redirect. */
export function rwsConnection(configuration: MediaStorageConfiguration, observer: StorageObserver): WebDavConnection {
  const { userName = '', password = '' } = configuration;
  return new WebDavConnection(configuration, observer, new BasicAlways(basicAuthorization(userName, password)));
}
