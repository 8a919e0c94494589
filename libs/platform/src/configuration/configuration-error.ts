/** The configuration cannot be used. The message is one line that names the option and where it was set. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
