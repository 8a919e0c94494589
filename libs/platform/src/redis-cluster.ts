import { Cluster, type ClusterNode, type Command } from 'ioredis';

/** Those of ioredis, of replies as version 2 of its protocol has them. */
export type BoundedClusterOptions = NonNullable<ConstructorParameters<typeof Cluster<'legacy'>>[1]>;

/**
 * A Redis Cluster whose every command has a deadline. ioredis gives one to commands that wait for a node, and none to those
 * that wait for the cluster: they would wait for as long as it is away, and grow in number.
 */
export class BoundedCluster extends Cluster {
  /** The first attempt to connect is over, whatever came of it. */
  private hasTried = false;

  constructor(
    nodes: ClusterNode[],
    options: BoundedClusterOptions,
    private readonly commandTimeoutMs: number,
  ) {
    super(nodes, options);
    for (const event of ['ready', 'close']) this.once(event, () => (this.hasTried = true));
  }

  override sendCommand(command: Command, ...rest: unknown[]): unknown {
    command.setTimeout(this.commandTimeoutMs);
    // What a program asks while it starts waits for the first connection; afterwards nothing waits for one.
    if (this.hasTried && this.status !== 'ready') {
      command.reject(new Error(`the Redis Cluster is ${this.status}`));
      return command.promise;
    }
    return super.sendCommand(command, ...(rest as [undefined, undefined]));
  }
}

/** How often a cluster is asked which node has which keys, also where no command hits the wrong one. */
const slotsRefreshMs = 2000;

/**
 * Keeps the nodes of a cluster known while it is connected. The timer that ioredis has for it (slotsRefreshInterval) begins
 * anew after a question that was under way when the connection ended, and then keeps the process from ending.
 */
export function keepNodesKnown(cluster: Cluster): Cluster {
  let timer: NodeJS.Timeout | undefined;
  const refresh = (): void => {
    if (cluster.status === 'ready') cluster.refreshSlotsCache();
  };
  cluster.on('ready', () => (timer ??= setInterval(refresh, slotsRefreshMs).unref()));
  cluster.on('end', () => {
    clearInterval(timer);
    timer = undefined;
  });
  return cluster;
}
