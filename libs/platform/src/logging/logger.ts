import { destination, pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { traceLogFields } from '../tracing/open-requests.js';
import { redact } from './redact.js';

export type Logger = PinoLogger;

/** JSON lines on standard output unless told otherwise, one per event, with the service and instance that wrote it. */
export function createLogger(
  service: string,
  instance: string,
  level: string,
  output: DestinationStream = destination(1),
): Logger {
  const logger = pino(
    {
      level,
      base: { service, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: traceLogFields,
      formatters: { level: label => ({ level: label }), log: redact },
    },
    output,
  );
  return withRedactedChildren(logger);
}

/** pino writes the bindings of a child without its formatter; children of children inherit this through the prototype. */
function withRedactedChildren(logger: Logger): Logger {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- bound by every call below
  const { child } = logger;
  const redactedChild = function (this: Logger, bindings: object, options?: object) {
    return child.call(this, redact({ ...bindings }), options);
  };
  return Object.assign(logger, { child: redactedChild });
}
