import type { Logger } from '../logging/logger.js';

/**
 * Logs what Node warns of, such as listeners that pile up, with the place in the code that it came from: Node itself prints
 * a line of text without one, so that a warning that is seen once cannot be followed.
 * @returns ends the logging
 */
export function logProcessWarnings(logger: Logger, source: Pick<NodeJS.Process, 'on' | 'off'> = process): () => void {
  const log = (warning: Error): void => {
    const { name, message, stack } = warning;
    logger.warn({ warning: name, error: message, stack }, 'Node warns of something in this process');
  };
  source.on('warning', log);
  return () => void source.off('warning', log);
}
