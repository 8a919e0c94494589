/** The token that protects a session from requests of other pages: every GET answers it, every other method sends it. */
export class CsrfToken {
  private header = 'X-CSRF-TOKEN';
  private value: string | undefined;

  note(headers: Headers): void {
    const value = headers.get('x-csrf-token');
    if (value === null) return;
    this.header = headers.get('x-csrf-header') ?? this.header;
    this.value = value;
  }

  addTo(headers: Headers): void {
    if (this.value !== undefined) headers.set(this.header, this.value);
  }
}
