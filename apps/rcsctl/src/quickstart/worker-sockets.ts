import { SocketDirectory } from '#platform';

const option = 'serverSettings.workerSocketDirectory';

/**
 * The directory in which the gateway reaches the workers; false where it cannot be one user's alone, as on file systems
 * without owners and on systems without Linux: TLS does there as well.
 */
export function workerSockets(directory: string, report: (text: string) => void): string | false {
  try {
    SocketDirectory.open(directory, option).release();
    return directory;
  } catch (error) {
    report(`workers are asked over TLS alone: ${(error as Error).message}`);
    return false;
  }
}
