import { SilenceWatch, type AnswerPlace } from '#http-answers';
import { RangeConnection, type RangeKeeper, type RangeQuestion, type RangeTimes } from './range-connection.js';

/** Connections to one storage over which ranges come. Whoever asks sees to it that not too many requests run at once. */
export class RangeConnections implements RangeKeeper {
  private readonly open = new Set<RangeConnection>();
  /** The one that was used last is used next: those at the beginning grow old. */
  private readonly idle: RangeConnection[] = [];
  private readonly watch = new SilenceWatch();
  private isClosed = false;

  constructor(
    private readonly place: AnswerPlace,
    private readonly times: RangeTimes,
  ) {}

  ask(question: RangeQuestion): void {
    const connection = this.idle.pop();
    if (connection === undefined) {
      this.open.add(new RangeConnection(this.place, this.times, this.watch, this, question));
      return;
    }
    // Its end, or bytes that nobody asked for, may have come and wait to be read: who asks now would take them for the answer.
    setImmediate(() => (connection.isIdle ? connection.ask(question) : this.ask(question)));
  }

  /** Breaks off whatever comes. */
  destroy(error: Error): void {
    this.isClosed = true;
    for (const connection of [...this.open]) connection.destroy(error);
  }

  free(connection: RangeConnection): void {
    if (this.isClosed) connection.destroy(new Error('the connections are closed'));
    else this.idle.push(connection);
  }

  gone(connection: RangeConnection): void {
    this.open.delete(connection);
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }
}
