/** Options of a Person as the Configuration Server keeps them: section, name and value. */
export class PersonOptions {
  private readonly values = new Map<string, string>();

  /** @param lines such as `[recording] agent_hierarchy=/Anthony/John`; anything else is no option. */
  constructor(lines: readonly string[]) {
    for (const line of lines.flatMap(text => text.split(/\r?\n/))) {
      const match = /^\s*\[([^\]]+)\]\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line);
      if (match !== null) this.values.set(keyOf(match[1] ?? '', match[2] ?? ''), match[3] ?? '');
    }
  }

  /** undefined for an option that is not set or empty. */
  get(section: string, name: string): string | undefined {
    const value = this.values.get(keyOf(section, name));
    return value === '' ? undefined : value;
  }
}

const keyOf = (section: string, name: string): string => JSON.stringify([section.trim().toLowerCase(), name]);
