/** A browser with an audio and a video element; pages answer what JSON can say. */
export interface MediaBrowser {
  readonly name: string;
  open(url: string): Promise<BrowserPage>;
  close(): Promise<void>;
}

export interface BrowserPage {
  /** Runs a function that stands for itself in the page. */
  run<Input, Output>(script: (input: Input) => Promise<Output>, input: Input): Promise<Output>;
  close(): Promise<void>;
}
