import { parseAllDocuments } from 'yaml';

/** A part of a manifest; what is not there is undefined, so that assertions name what is missing. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: ManifestSpec;
  readonly data?: Readonly<Record<string, string>>;
}

export interface ManifestSpec {
  readonly replicas?: number;
  readonly template?: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly NetworkRule[];
  readonly egress?: readonly NetworkRule[];
  readonly containers?: readonly Container[];
  readonly [name: string]: unknown;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

export interface NetworkRule {
  readonly from?: readonly NetworkPeer[];
  readonly to?: readonly NetworkPeer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}

export interface NetworkPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string };
}

export interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly image: string;
  readonly securityContext: unknown;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [name: string]: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly [kind: string]: unknown }[];
  readonly securityContext: unknown;
  readonly terminationGracePeriodSeconds: number;
  readonly affinity?: unknown;
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly [name: string]: unknown;
}

/** Of a CronJob. */
export interface CronJobSpec {
  readonly schedule: string;
  readonly suspend: boolean;
  readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
}

export const podOf = ({ jobTemplate }: CronJobSpec): PodSpec => jobTemplate.spec.template.spec;


/** The manifests in the output of `helm template`. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map(document => document.toJS() as Manifest | null)
    .filter(manifest => manifest !== null);
}
