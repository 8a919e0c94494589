import type { OnApplicationShutdown } from '@nestjs/common';
import type { DirectoryUsers } from './directory-users.js';

export interface DirectoryEntry {
  /** Ids; `*` stands for all contact centers that no other entry names. */
  readonly contactCenters: readonly string[];
  /** undefined where the authentication by Configuration Server is turned off. */
  readonly users: DirectoryUsers | undefined;
}

/** Which contact centers have their users in a directory. */
export class Directories implements OnApplicationShutdown {
  private readonly byContactCenter = new Map<string, DirectoryUsers | undefined>();

  constructor(private readonly entries: readonly DirectoryEntry[]) {
    for (const { contactCenters, users } of entries) contactCenters.forEach(id => this.byContactCenter.set(id, users));
  }

  /** undefined when users of this contact center have local passwords. */
  of(contactCenter: string): DirectoryUsers | undefined {
    const id = this.byContactCenter.has(contactCenter) ? contactCenter : '*';
    return this.byContactCenter.get(id);
  }

  onApplicationShutdown(): void {
    this.entries.forEach(({ users }) => users?.close());
  }
}
