import { readFileSync } from 'node:fs';

/** Commands of a page of the documentation: one fenced block. */
export interface CommandBlock {
  /** The heading above it. */
  readonly heading: string;
  /** What follows `sh` behind the fence: `server` for a terminal of its own. */
  readonly terminal: string;
  readonly commands: string;
}

/** All blocks of shell commands in their order: fences that say `sh`. */
export function commandsOfPage(path: string): CommandBlock[] {
  const blocks: CommandBlock[] = [];
  let heading = '';
  let open: { terminal: string; lines: string[] } | undefined;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const fence = /^```(\S*) ?(.*)$/.exec(line);
    if (open !== undefined && fence !== null) {
      blocks.push({ heading, terminal: open.terminal, commands: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    else if (fence?.[1] === 'sh') open = { terminal: fence[2] ?? '', lines: [] };
    else if (/^##+ /.test(line)) heading = line.replace(/^#+ /, '');
  }
  return blocks;
}
