import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { RcsError, type Logger } from '#platform';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const page = 'index.html';
const compressed = '.gz';

/** A file of the console as it is sent. */
export interface ConsoleFile {
  readonly content: Buffer;
  readonly type: string;
  readonly encoding: 'gzip' | undefined;
}

/**
 * The files of the console. They are listed once, when the gateway starts: what is asked for is looked up in that list, and
 * never becomes a path.
 */
export class ConsoleFiles {
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly directory: string,
    logger: Logger,
  ) {
    this.names = new Set(listed(directory));
    if (!this.isBuilt) logger.warn({ directory }, 'there is no console here: npm run build makes it');
  }

  get isBuilt(): boolean {
    return this.names.has(page);
  }

  /** The page. @throws RcsError RCS_NOT_FOUND where the console was not built */
  page(acceptsGzip: boolean): Promise<ConsoleFile> {
    return this.read(page, 'text/html; charset=utf-8', acceptsGzip);
  }

  /** What the page is made of. @throws RcsError RCS_NOT_FOUND for anything else */
  file(name: string, acceptsGzip: boolean): Promise<ConsoleFile> {
    const type = types[extname(name)];
    return type === undefined ? Promise.reject(notThere()) : this.read(name, type, acceptsGzip);
  }

  private async read(name: string, type: string, acceptsGzip: boolean): Promise<ConsoleFile> {
    if (!this.names.has(name)) throw notThere();
    const isCompressed = acceptsGzip && this.names.has(name + compressed);
    const content = await readFile(join(this.directory, isCompressed ? name + compressed : name));
    return { content, type, encoding: isCompressed ? 'gzip' : undefined };
  }
}

const notThere = (): RcsError => new RcsError('RCS_NOT_FOUND', 'the console has no such file');

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
