/** The two sides of a call. A call with one channel is heard on both. */
export type Channel = 0 | 1;

/** Lets each channel of a media element have a volume of its own. */
export class ChannelMixer {
  private readonly context = new AudioContext();
  private readonly gains: readonly [GainNode, GainNode];
  /** What is heard, for whoever wants to look at it. */
  readonly output: AnalyserNode;

  constructor(element: HTMLMediaElement, volumes: readonly [number, number]) {
    const { context } = this;
    const both = new GainNode(context, {
      channelCount: 2,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
    });
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    this.output = new AnalyserNode(context);
    this.gains = [new GainNode(context, { gain: volumes[0] }), new GainNode(context, { gain: volumes[1] })];
    context.createMediaElementSource(element).connect(both).connect(splitter);
    this.gains.forEach((gain, channel) => splitter.connect(gain, channel).connect(merger, 0, channel));
    merger.connect(this.output).connect(context.destination);
  }

  setVolume(channel: Channel, volume: number): void {
    this.gains[channel].gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  /** Browsers let nothing sound before somebody did something. */
  async wake(): Promise<void> {
    if (this.context.state !== 'running') await this.context.resume();
  }

  close(): void {
    void this.context.close();
  }
}
