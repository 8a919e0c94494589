import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { masterKeyVariable } from './secrets/master-key.js';

const prefix = 'RCS_';
/** Read by the services themselves, not options of application.yaml. */
const reserved = new Set(['RCS_CONFIG', masterKeyVariable]);

/**
 * Lays environment variables over the values of application.yaml. `RCS_KEY_VAULT__LISTEN__PORT=7443` sets
 * `keyVault.listen.port`: segments are separated by two underscores, letters compare without case and underscores, and
 * values are YAML scalars or flow collections.
 * @throws ConfigurationError for a variable with our prefix that names no option (a typing error must not pass silently).
 */
export function overlayEnvironment(
  values: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  schema: z.ZodType,
): unknown {
  let result = values;
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || reserved.has(name) || text === undefined) continue;
    const { path, option } = findOption(name, schema);
    result = assign(result, path, valueFor(option, parseValue(name, text), text));
  }
  return result;
}

/** The parser's own message could quote the value, which may be a secret. */
function parseValue(variable: string, text: string): unknown {
  if (text === '') return '';
  try {
    return parseYaml(text) as unknown;
  } catch {
    throw new ConfigurationError(`environment variable ${variable}: its value is not YAML; put a text in quotes`);
  }
}

function findOption(variable: string, schema: z.ZodType): { path: string[]; option: z.ZodType | undefined } {
  const path: string[] = [];
  let current: z.ZodType | undefined = schema;
  for (const segment of variable.slice(prefix.length).split('__')) {
    const shape = objectShape(current);
    const key = Object.keys(shape ?? {}).find(candidate => normalise(candidate) === normalise(segment));
    if (shape === undefined || key === undefined) {
      throw new ConfigurationError(
        `environment variable ${variable}: there is no option "${[...path, segment].join('.')}"`,
      );
    }
    path.push(key);
    current = shape[key];
  }
  return { path, option: current };
}

/** A text that looks like a number stays a text where the option wants one: PINs and passwords may be digits. */
function valueFor(option: z.ZodType | undefined, value: unknown, text: string): unknown {
  if (option === undefined || typeof value === 'string' || typeof value === 'object') return value;
  return !option.safeParse(value).success && option.safeParse(text).success ? text : value;
}

function objectShape(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined {
  let current: unknown = schema;
  for (;;) {
    if (current instanceof z.ZodOptional || current instanceof z.ZodDefault || current instanceof z.ZodPrefault) {
      current = current.unwrap();
    } else if (current instanceof z.ZodPipe) {
      current = current.in;
    } else break;
  }
  return current instanceof z.ZodObject ? current.shape : undefined;
}

const normalise = (name: string): string => name.replaceAll('_', '').toLowerCase();

function assign(values: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = typeof values === 'object' && values !== null ? (values as Record<string, unknown>) : {};
  return { ...object, [head]: assign(object[head], rest, value) };
}
