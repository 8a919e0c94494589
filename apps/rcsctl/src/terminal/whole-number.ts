import { InvalidArgumentError } from 'commander';

/** The value of an option that is a number, 0 or more. @throws InvalidArgumentError for anything else */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text === '')
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}
