/** Lowest and highest sample of each of a run of equal parts, of one channel, one after the other: -32768 to 32767. */
export type ChannelPeaks = Int16Array;

/** What a wave form is drawn from. */
export interface WaveForm {
  /** Samples of each channel in a second. */
  readonly sampleRate: number;
  /** Of each channel. */
  readonly samples: number;
  readonly samplesPerBucket: number;
  readonly channels: readonly ChannelPeaks[];
}

/** What a thread is asked, once. */
export interface WaveFormRequest {
  readonly format: DecodableFormat;
  readonly limits: WaveFormLimits;
}

export interface WaveFormLimits {
  /** Of audio that is decoded. */
  readonly maximumSeconds: number;
}

export type DecodableFormat = 'wav' | 'mp3' | 'ogg';

/** To the thread: a piece of plaintext, whose memory goes with it; undefined at the end. */
export type PieceMessage = { readonly piece: Uint8Array | undefined };

/** From the thread: what a piece has led to, the wave form at last, or why there will be none. */
export type ThreadAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'done'; readonly waveForm: WaveForm }
  | { readonly kind: 'failed'; readonly reason: 'unsupported' | 'undecodable'; readonly detail: string };
