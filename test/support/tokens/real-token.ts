/** What an application.yaml would say of a token, beside its URI and PIN. */
export interface TokenSettings {
  readonly sessions?: number;
  readonly serialised?: boolean;
  readonly initialisation?: string;
  readonly objectsReadOnce?: boolean;
}

/** A token of somebody else's making, initialised and empty, in a directory of its own. */
export interface RealToken {
  readonly modulePath: string;
  /** RFC 7512 */
  readonly uri: string;
  /** Another token of the same module with the same PIN and settings, but for what `secondSettings` says. */
  readonly secondUri: string;
  readonly secondSettings?: TokenSettings;
  readonly pin: string;
  readonly settings: TokenSettings;
  /** What the module finds its tokens by. */
  readonly environment: Readonly<Record<string, string>>;
  /** The command that others are run by: the module works inside it alone. */
  readonly within: readonly string[];
  /** Brings a private key that the module itself does not take: `KEY` is replaced by a PEM file, `LABEL` by its label. */
  readonly ownTool?: readonly string[];
  /** Brings a key pair with its certificate by the token's own tool, where the module takes no private keys. */
  bring?(label: string, keyFile: string, certificateFile: string): void;
  /** Ends what runs for it, and removes its directory. */
  remove(): Promise<void>;
}
