/** The configuration cannot be used. The message names the option and where it was set; a line for each that is wrong. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  /** @param where file or `environment` */
  static of(problems: readonly string[], where: string): ConfigurationError {
    return new ConfigurationError(problems.map(problem => `${where}: ${problem}`).join('\n'));
  }
}
