import type { ApiClient, KubernetesObject } from './api-client.js';

const lookAroundMs = 250;
const now = (): string => new Date().toISOString();

/**
 * What nodes, storage and cloud do in a real cluster: pods that were scheduled run and are ready, pods that are deleted end,
 * claims get a volume and load balancers an address. No container runs.
 */
export class StandInNodes {
  private timer: NodeJS.Timeout | undefined;
  private addresses = 1;
  private looking: Promise<void> = Promise.resolve();
  /** What went wrong while looking around; a test that waits in vain shows it. */
  problem: unknown;

  constructor(private readonly api: ApiClient) {}

  async start(names: readonly string[]): Promise<void> {
    for (const name of names) await this.api.call('POST', '/api/v1/nodes', nodeCalled(name));
    this.later();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.looking;
    clearTimeout(this.timer);
  }

  private later(): void {
    this.timer = setTimeout(() => {
      this.looking = this.lookAround()
        .catch((error: unknown) => (this.problem = error))
        .then(() => {
          if (this.timer !== undefined) this.later();
        });
    }, lookAroundMs);
  }

  private async lookAround(): Promise<void> {
    for (const pod of await this.api.list('/api/v1/pods')) {
      await this.tend(pod).catch((error: unknown) => (this.problem = error));
    }
    for (const claim of await this.api.list('/api/v1/persistentvolumeclaims')) {
      if (claim.status?.phase === 'Pending' && claim.spec.volumeName === undefined) await this.provide(claim);
    }
    for (const service of await this.api.list('/api/v1/services')) {
      const isNew = Object.keys((service.status?.loadBalancer as object | undefined) ?? {}).length === 0;
      if (service.spec.type === 'LoadBalancer' && isNew) await this.balance(service);
    }
  }

  private async tend({ metadata, spec, status }: KubernetesObject): Promise<void> {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
    if (metadata.deletionTimestamp !== undefined) {
      await this.api.call('DELETE', path, { gracePeriodSeconds: 0 });
    } else if (spec.nodeName !== undefined && status?.phase === 'Pending') {
      const ip = `10.244.${this.addresses >> 8}.${this.addresses++ & 255}`;
      const containers = spec.containers as readonly { readonly name: string; readonly image: string }[];
      await this.api.call('PATCH', `${path}/status`, { status: running(containers, ip) });
    }
  }

  private async balance({ metadata: { name, namespace } }: KubernetesObject): Promise<void> {
    const status = { loadBalancer: { ingress: [{ ip: `192.0.2.${(this.addresses++ % 250) + 1}` }] } };
    await this.api.call('PATCH', `/api/v1/namespaces/${namespace}/services/${name}/status`, { status });
  }

  private async provide({ metadata: { name, namespace }, spec }: KubernetesObject): Promise<void> {
    await this.api.call('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${namespace}-${name}` },
      spec: {
        capacity: (spec.resources as { readonly requests: object }).requests,
        accessModes: spec.accessModes,
        storageClassName: spec.storageClassName ?? '',
        claimRef: { namespace, name },
        hostPath: { path: '/nowhere' },
      },
    });
  }
}

function nodeCalled(name: string): object {
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${name}`, disk: 'ssd' };
  const room = { cpu: '32', memory: '64Gi', pods: '200' };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'StandIn', lastHeartbeatTime: now() }];
  const status = { capacity: room, allocatable: room, conditions };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status };
}

function running(containers: readonly { readonly name: string; readonly image: string }[], podIP: string): object {
  const conditions = ['Initialized', 'ContainersReady', 'Ready'];
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: now(),
    conditions: conditions.map(type => ({ type, status: 'True', lastTransitionTime: now() })),
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now() } },
    })),
  };
}
