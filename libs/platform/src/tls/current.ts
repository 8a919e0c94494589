/** A value that may be another one later: whoever uses it asks for it each time. */
export interface Current<Value> {
  readonly current: Value;
}

/** What is made of such a value; made again once that is another object. */
export class Derived<Source extends object, Value> implements Current<Value> {
  private made: { readonly from: Source; readonly value: Value } | undefined;

  constructor(
    private readonly source: Current<Source>,
    private readonly make: (source: Source) => Value,
  ) {}

  get current(): Value {
    const from = this.source.current;
    if (this.made?.from !== from) this.made = { from, value: this.make(from) };
    return this.made.value;
  }
}
