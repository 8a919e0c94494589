/** How players reach this gateway, without a slash at the end; known when the server listens or by configuration. */
export class ExternalUrl {
  private url: string | undefined;

  constructor(configured: string | undefined) {
    this.url = configured?.replace(/\/+$/, '');
  }

  get value(): string {
    return this.url ?? '';
  }

  /** Takes the address the server listens at, unless the configuration names another one. */
  listensAt(url: string): void {
    this.url ??= url;
  }
}
